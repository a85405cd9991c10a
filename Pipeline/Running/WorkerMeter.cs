using System.Diagnostics;

namespace Stickers.Pipeline.Running;

/// <summary>
/// What one worker has done and where it is. Only the worker writes, so nothing is locked; whoever reads may see it a moment late.
/// </summary>
internal sealed class WorkerMeter(StageKind first, StageKind last)
{
    private int _place = (int)WorkerPlace.Idle;
    private long _began = Stopwatch.GetTimestamp();
    private long _ended;

    /// <summary>The first stage that this worker runs.</summary>
    public StageKind First { get; } = first;

    /// <summary>The last.</summary>
    public StageKind Last { get; } = last;

    /// <summary>Items that came out of each stage here; before the first stage, those that came in.</summary>
    public long[] Items { get; } = new long[5];

    /// <summary>Ticks spent until items came out of each stage, all stages before it in this worker included.</summary>
    public long[] Ticks { get; } = new long[5];

    /// <summary>Ticks spent waiting for room behind the last stage.</summary>
    public long WaitOut { get; set; }

    /// <summary>Shards done.</summary>
    public long Shards { get; set; }

    /// <summary>When an item last moved.</summary>
    public long LastMove { get; private set; } = Stopwatch.GetTimestamp();

    public WorkerPlace Place => (WorkerPlace)Volatile.Read(ref _place);

    /// <summary>Ticks since the start, or until the end.</summary>
    public long Elapsed => (_ended == 0 ? Stopwatch.GetTimestamp() : _ended) - _began;

    public void Start() => _began = LastMove = Stopwatch.GetTimestamp();

    public void Stop()
    {
        _ended = Stopwatch.GetTimestamp();
        Go(WorkerPlace.Idle);
    }

    public void Go(WorkerPlace place) => Volatile.Write(ref _place, (int)place);

    public void Moved(StageKind stage, long now)
    {
        Items[(int)stage]++;
        LastMove = now;
    }
}

/// <summary>Where a worker is. The first five are <see cref="StageKind"/>.</summary>
internal enum WorkerPlace
{
    Source = 0,
    Preprocess = 1,
    Main = 2,
    Postprocess = 3,
    Sink = 4,

    /// <summary>Waiting for input.</summary>
    WaitIn = 5,

    /// <summary>Waiting for room behind it.</summary>
    WaitOut = 6,

    /// <summary>Between shards.</summary>
    Idle = 7,
}
