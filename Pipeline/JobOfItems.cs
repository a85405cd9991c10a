using Stickers.Pipeline.Accounting;
using Stickers.Pipeline.Running;
using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>
/// A job: a source, three functions over asynchronous streams, a sink. The functions are called once for each shard, with that shard's items in
/// order, so that what comes out depends on the shard alone. One object serves all workers of a process: functions that share state guard it.
/// </summary>
/// <typeparam name="TItem">What the source gives.</typeparam>
/// <typeparam name="TPrepared">What preprocess makes of it.</typeparam>
/// <typeparam name="TResult">What main makes of that.</typeparam>
/// <typeparam name="TOutput">What postprocess makes of that and the sink writes.</typeparam>
public abstract class Job<TItem, TPrepared, TResult, TOutput> : Job
{
    private Source<TItem>? _source;

    /// <summary>Where the items come from. Asked for once.</summary>
    public abstract Source<TItem> Source { get; }

    /// <summary>Where the outputs go.</summary>
    public abstract Sink<TOutput> Sink { get; }

    /// <summary>How prepared items cross between processes; chosen by their type unless overridden.</summary>
    public virtual IItemFormat<TPrepared> PreparedFormat => ItemFormat.Of<TPrepared>();

    /// <summary>How results cross between processes; chosen by their type unless overridden.</summary>
    public virtual IItemFormat<TResult> ResultFormat => ItemFormat.Of<TResult>();

    /// <summary>The first function, e.g. decoding: one output for each item that is not put in quarantine, unless it <see cref="Job.Reshapes"/>.</summary>
    public abstract IAsyncEnumerable<TPrepared> Preprocess(IAsyncEnumerable<TItem> items, ShardContext context);

    /// <summary>The second, e.g. a network.</summary>
    public abstract IAsyncEnumerable<TResult> Main(IAsyncEnumerable<TPrepared> items, ShardContext context);

    /// <summary>The third, e.g. choosing what to keep.</summary>
    public abstract IAsyncEnumerable<TOutput> Postprocess(IAsyncEnumerable<TResult> items, ShardContext context);

    internal sealed override IAsyncEnumerable<Shard> ListShardsAsync(ObjectStore store, CancellationToken cancellation) => TheSource.ListAsync(store, cancellation);

    internal sealed override bool ShardNamesTellContent => TheSource.NamesTellContent;

    internal sealed override Task<string> FingerprintSourceAsync(ObjectStore store, CancellationToken cancellation) => TheSource.FingerprintAsync(store, cancellation);

    internal sealed override Task RunWorkerAsync(Worker worker, Wiring wiring, Ledger ledger)
    {
        return (worker.Segment.First, worker.Segment.Last) switch
        {
            (StageKind.Source, StageKind.Preprocess) => worker.RunAsync(FromSource(), Prepare, Prepared().OutletOf(worker)),
            (StageKind.Source, StageKind.Main) => worker.RunAsync(FromSource(), (items, work) => Compute(Prepare(items, work), work), Results().OutletOf(worker)),
            (StageKind.Source, StageKind.Sink) => worker.RunAsync(FromSource(), (items, work) => Complete(Compute(Prepare(items, work), work), work), ToSink()),
            (StageKind.Main, StageKind.Main) => worker.RunAsync(Prepared().InletOf(worker), Compute, Results().OutletOf(worker)),
            (StageKind.Main, StageKind.Sink) => worker.RunAsync(Prepared().InletOf(worker), (items, work) => Complete(Compute(items, work), work), ToSink()),
            (StageKind.Postprocess, StageKind.Sink) => worker.RunAsync(Results().InletOf(worker), Complete, ToSink()),
            _ => throw new InvalidOperationException($"No worker runs from {worker.Segment.First} to {worker.Segment.Last}."),
        };

        SourceInlet<TItem> FromSource() => new(TheSource, wiring.Feed, worker);
        SinkOutlet<TOutput> ToSink() => new(Sink, ledger);
        Connection<TPrepared> Prepared() => wiring.Connect(StageKind.Preprocess, PreparedFormat);
        Connection<TResult> Results() => wiring.Connect(StageKind.Main, ResultFormat);
    }

    private Source<TItem> TheSource => _source ??= Source;

    private IAsyncEnumerable<TPrepared> Prepare(IAsyncEnumerable<TItem> items, ShardWork work) =>
        work.Watch(Preprocess(items, work.ContextOf(StageKind.Preprocess)), StageKind.Preprocess);

    private IAsyncEnumerable<TResult> Compute(IAsyncEnumerable<TPrepared> items, ShardWork work) =>
        work.Watch(Main(items, work.ContextOf(StageKind.Main)), StageKind.Main);

    private IAsyncEnumerable<TOutput> Complete(IAsyncEnumerable<TResult> items, ShardWork work) =>
        work.Watch(Postprocess(items, work.ContextOf(StageKind.Postprocess)), StageKind.Postprocess);
}
