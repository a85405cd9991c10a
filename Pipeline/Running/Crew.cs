namespace Stickers.Pipeline.Running;

/// <summary>Tasks that end together: the first failure stops the others, and it is the one that is told.</summary>
internal sealed class Crew : IDisposable
{
    // Code that takes no notice of cancellation must not keep a failed job from ending.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(20);

    private readonly CancellationToken _outer;
    private readonly CancellationTokenSource _stop;
    private readonly CancellationTokenSource _done = new();
    private Exception? _first;

    public Crew(CancellationToken outer)
    {
        _outer = outer;
        _stop = CancellationTokenSource.CreateLinkedTokenSource(outer);
    }

    /// <summary>Cancelled when one has failed, or from outside.</summary>
    public CancellationToken Token => _stop.Token;

    /// <summary>Cancelled when all have ended.</summary>
    public CancellationToken Done => _done.Token;

    public async Task RunAsync(IEnumerable<Func<Task>> members)
    {
        var all = Task.WhenAll(members.Select(member => Task.Run(() => GuardAsync(member), CancellationToken.None)));
        try
        {
            await Task.WhenAny(all, StoppedAsync());
            if (!all.IsCompleted) await Task.WhenAny(all, Task.Delay(Grace, CancellationToken.None));
        }
        finally
        {
            await _done.CancelAsync();
        }

        if (_first is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_first);
        _outer.ThrowIfCancellationRequested();
    }

    public void Dispose()
    {
        _stop.Dispose();
        _done.Dispose();
    }

    private async Task GuardAsync(Func<Task> member)
    {
        try
        {
            await member();
        }
        catch (Exception fault)
        {
            // What others say after the first failure, or after being told to stop, only follows from that.
            if (!_outer.IsCancellationRequested && !_stop.IsCancellationRequested) Interlocked.CompareExchange(ref _first, fault, null);
            await _stop.CancelAsync();
        }
    }

    private Task StoppedAsync()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _stop.Token.Register(stopped.SetResult);
        return stopped.Task;
    }
}
