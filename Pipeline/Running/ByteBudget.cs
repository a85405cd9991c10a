namespace Stickers.Pipeline.Running;

/// <summary>
/// Room for so many bytes. Whoever wants to put something in waits until there is room; something larger than all room goes alone. One
/// waits at a time, any number give back.
/// </summary>
internal sealed class ByteBudget(long capacity)
{
    private readonly Lock _lock = new();
    private TaskCompletionSource? _waiting;
    private long _wanted;

    public long Capacity { get; } = capacity;

    /// <summary>Bytes taken.</summary>
    public long Used { get; private set; }

    /// <summary>Most bytes ever taken.</summary>
    public long Peak { get; private set; }

    public ValueTask TakeAsync(long bytes, CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (Fits(bytes))
            {
                Add(bytes);
                return ValueTask.CompletedTask;
            }

            // Woken when half is free again: a queue that is always full would else switch tasks for each item.
            _wanted = Math.Max(bytes, Capacity / 2);
            _waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return new ValueTask(WaitAsync(_waiting.Task, bytes, cancellation));
        }
    }

    public void Give(long bytes)
    {
        TaskCompletionSource? woken = null;
        lock (_lock)
        {
            Used -= bytes;
            if (_waiting is not null && Fits(_wanted)) (woken, _waiting) = (_waiting, null);
        }

        woken?.SetResult();
    }

    private async Task WaitAsync(Task room, long bytes, CancellationToken cancellation)
    {
        await room.WaitAsync(cancellation);
        lock (_lock) Add(bytes);
    }

    private bool Fits(long bytes) => Used == 0 || Used + bytes <= Capacity;

    private void Add(long bytes)
    {
        Used += bytes;
        Peak = Math.Max(Peak, Used);
    }
}
