namespace Stickers.Pipeline.Transport;

/// <summary>One receiver's end of an edge from all senders of the previous stage.</summary>
internal abstract class EdgeReader : IAsyncDisposable
{
    /// <summary>
    /// All frames, each with its sender; ends when all senders have ended. A frame's bytes are credited back to its sender when it is
    /// released. To be read once.
    /// </summary>
    /// <exception cref="EdgeException">The stream is broken: not all frames will come.</exception>
    public abstract IAsyncEnumerable<ReceivedFrame> ReadAllAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
