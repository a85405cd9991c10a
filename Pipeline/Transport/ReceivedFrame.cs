namespace Stickers.Pipeline.Transport;

/// <summary>One frame as it came. Any thread may release it.</summary>
/// <param name="sender">From 0, below the number of senders.</param>
/// <param name="data">The bytes; readable until <see cref="Release"/>.</param>
/// <param name="release">What gives the bytes back; called once.</param>
internal sealed class ReceivedFrame(int sender, ReadOnlyMemory<byte> data, Action release)
{
    private Action? _release = release;

    /// <summary>Who sent it, from 0.</summary>
    public int Sender { get; } = sender;

    /// <summary>The frame's bytes; not to be touched after <see cref="Release"/>, for the memory is used again.</summary>
    public ReadOnlyMemory<byte> Data { get; } = data;

    /// <summary>Gives the bytes back, and the sender its credit. Calls after the first do nothing.</summary>
    public void Release() => Interlocked.Exchange(ref _release, null)?.Invoke();
}
