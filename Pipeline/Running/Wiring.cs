namespace Stickers.Pipeline.Running;

/// <summary>What joins the workers that run in this process to each other, or to those of other processes.</summary>
internal abstract class Wiring
{
    /// <summary>Hands out shards to the first segment's workers.</summary>
    public abstract ShardFeed Feed { get; }

    /// <summary>The connection behind a stage that is the last of its segment.</summary>
    public abstract Connection<T> Connect<T>(StageKind stage, IItemFormat<T> format);
}

/// <summary>What lies between two segments.</summary>
internal abstract class Connection<T>
{
    /// <summary>The end of a worker of the segment before.</summary>
    public abstract ShardOutlet<T> OutletOf(Worker worker);

    /// <summary>The end of a worker of the segment behind.</summary>
    public abstract ShardInlet<T> InletOf(Worker worker);
}
