namespace Stickers.Cli.Terminal;

/// <summary>Speed over the last half minute, from what was reported done; work of an earlier run does not count as speed.</summary>
internal sealed class RateMeter
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    private readonly Queue<(TimeSpan Time, double Done)> _samples = new();
    private (TimeSpan Time, double Done) _last;
    private double _done;

    /// <summary>Takes a sample.</summary>
    /// <param name="time">Time since any fixed start; never goes back.</param>
    /// <param name="done">Units done so far.</param>
    public void Add(TimeSpan time, double done)
    {
        // Four samples a second carry all that the window can show.
        if (_samples.Count == 0 || time - _last.Time >= TimeSpan.FromMilliseconds(250) || done < _last.Done)
        {
            if (done < _last.Done) _samples.Clear();
            _last = (time, done);
            _samples.Enqueue(_last);
        }

        _done = done;
        while (_samples.Count > 2 && time - _samples.Peek().Time > Window) _samples.Dequeue();
    }

    /// <summary>Units per second, or null before there is anything to go by.</summary>
    public double? PerSecond
    {
        get
        {
            if (_samples.Count < 2) return null;
            var first = _samples.Peek();
            var seconds = (_last.Time - first.Time).TotalSeconds;
            return seconds > 0 && _last.Done > first.Done ? (_last.Done - first.Done) / seconds : null;
        }
    }

    /// <summary>Time until <paramref name="total"/> is reached at the present speed, or null when that cannot be said.</summary>
    public TimeSpan? Remaining(double? total) =>
        total is { } all && PerSecond is { } speed ? TimeSpan.FromSeconds(Math.Min(Math.Max(0, all - _done) / speed, 1e7)) : null;
}
