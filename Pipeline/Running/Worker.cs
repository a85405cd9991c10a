using System.Diagnostics;
using Stickers.Pipeline.Observing;

namespace Stickers.Pipeline.Running;

/// <summary>Runs a segment, one or more stages that follow each other, over one shard after the other.</summary>
internal sealed class Worker(Segment segment, int rank, Func<StageKind, StageContext> contexts, CancellationToken cancellation)
{
    private readonly Dictionary<StageKind, StageContext> _contexts = segment.Stages.ToDictionary(stage => stage, contexts);

    public WorkerMeter Meter { get; } = new(segment.First, segment.Last);

    public Segment Segment { get; } = segment;

    /// <summary>Which of the segment's workers this is, from 0.</summary>
    public int Rank { get; } = rank;

    public CancellationToken Cancellation { get; } = cancellation;

    /// <summary>Called after each shard.</summary>
    public Func<ShardRun, Task> ShardDone { get; init; } = _ => Task.CompletedTask;

    public StageContext ContextOf(StageKind stage) => _contexts[stage];

    /// <exception cref="JobFailedException">A function threw.</exception>
    public async Task RunAsync<TIn, TOut>(ShardInlet<TIn> inlet, Func<IAsyncEnumerable<TIn>, ShardWork, IAsyncEnumerable<TOut>> stages, ShardOutlet<TOut> outlet)
    {
        Meter.Start();
        await foreach (var arrival in inlet.ReadAsync(Cancellation))
        {
            var work = new ShardWork(arrival.Run, this);
            var began = Stopwatch.GetTimestamp();
            using var activity = PipelineTelemetry.StartShard(work);
            try
            {
                await outlet.ConsumeAsync(stages(arrival.Open(work), work), work);
            }
            catch (Exception fault) when (Meter.Place <= WorkerPlace.Sink && fault is not (CountMismatchException or JobFailedException) && !Cancellation.IsCancellationRequested)
            {
                activity?.SetStatus(ActivityStatusCode.Error, fault.Message);
                var stage = (StageKind)Meter.Place;
                var taken = stage == StageKind.Source ? work.Run.Out[0] : ItemsInto(stage, work);
                throw new JobFailedException(stage, arrival.Run.Index, arrival.Run.Shard.Name, taken, (fault as ItemException)?.Key, fault is ItemException ? fault.InnerException! : fault);
            }

            Meter.Shards++;
            PipelineTelemetry.ShardDone(work, Stopwatch.GetElapsedTime(began));
            Meter.Go(WorkerPlace.WaitIn);
            await ShardDone(arrival.Run);
        }

        await outlet.CompleteAsync(Cancellation);
        Meter.Stop();
    }

    private long ItemsInto(StageKind stage, ShardWork work) => stage == Segment.First ? work.Received : work.Run.Out[(int)stage - 1];
}
