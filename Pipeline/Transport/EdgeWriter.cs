namespace Stickers.Pipeline.Transport;

/// <summary>
/// One sender's end of an edge to all receivers of the next stage. Frames may be sent to several receivers at once, so that one slow
/// receiver holds up nobody but those who send to it; to one receiver one call at a time, and <see cref="CompleteAsync"/> last.
/// Disposing without <see cref="CompleteAsync"/> gives the stream up, and the receivers then fail.
/// </summary>
internal abstract class EdgeWriter : IAsyncDisposable
{
    /// <summary>
    /// Sends one frame to a receiver; waits while that receiver's byte credits are used up. Frames of one writer to one receiver arrive
    /// once, in order.
    /// </summary>
    /// <param name="receiver">From 0, below the number of receivers.</param>
    /// <param name="frame">1 byte to the edge's largest frame. It is taken, whatever becomes of the call.</param>
    /// <param name="cancellation">Ends the wait. A cancelled frame was not sent.</param>
    /// <exception cref="EdgeException">The stream is broken; the edge is of no further use.</exception>
    public abstract ValueTask SendAsync(int receiver, OutgoingFrame frame, CancellationToken cancellation);

    /// <summary>Sends a copy of these bytes as a frame.</summary>
    /// <inheritdoc cref="SendAsync(int, OutgoingFrame, CancellationToken)"/>
    public ValueTask SendAsync(int receiver, ReadOnlyMemory<byte> frame, CancellationToken cancellation) => SendAsync(receiver, OutgoingFrame.Of(frame.Span), cancellation);

    /// <summary>Ends the stream: returns when every receiver has acknowledged all frames and the end.</summary>
    /// <exception cref="EdgeException">The stream is broken.</exception>
    public abstract Task CompleteAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
