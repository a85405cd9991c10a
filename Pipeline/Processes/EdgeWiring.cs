using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Processes;

/// <summary>Joins the one worker of this process to those of others by edges.</summary>
internal sealed class EdgeWiring(Job job, Edges edges, RemoteFeed feed) : Wiring
{
    private Func<long> _waiting = () => 0;

    public override ShardFeed Feed { get; } = feed;

    /// <summary>Bytes that wait before this process.</summary>
    public long Waiting => _waiting();

    public override Connection<T> Connect<T>(StageKind stage, IItemFormat<T> format) => new EdgeConnection<T>(this, stage, format);

    private sealed class EdgeConnection<T>(EdgeWiring wiring, StageKind stage, IItemFormat<T> format) : Connection<T>
    {
        public override ShardOutlet<T> OutletOf(Worker worker) => new EdgeOutlet<T>(wiring.EdgesOf.Output!, format, worker.Segment.Index);

        public override ShardInlet<T> InletOf(Worker worker)
        {
            var inlet = new EdgeInlet<T>(wiring.EdgesOf.Input!, format, stage, wiring.JobOf.Reshapes);
            wiring._waiting = () => inlet.Waiting;
            return wiring.JobOf.InLockstep ? new InOrder<T>(inlet, worker.Rank, worker.Segment.Workers) : inlet;
        }
    }

    private Edges EdgesOf => edges;

    private Job JobOf => job;
}
