using System.Diagnostics;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Processes;

/// <summary>What rank 0 does besides its own work: hands out shards, watches all ranks, and knows when all are done.</summary>
internal sealed class Lead(JobPlan plan, Roles roles, bool inLockstep, StageMonitor monitor, EdgeReader reports, ControlLine orders, IProgress<JobStatus>? progress, CancellationToken cancellation)
{
    private static readonly TimeSpan Tick = TimeSpan.FromSeconds(1);

    private readonly Dispatcher _dispatcher = new(plan, roles.Segments, inLockstep);
    private readonly SortedDictionary<int, WorkerSample> _samples = [];
    private readonly Queue<int> _free = new();
    private readonly Stopwatch _clock = Stopwatch.StartNew();

    public TimeSpan Elapsed => _clock.Elapsed;

    /// <summary>Runs until every rank has finished.</summary>
    public async Task<IReadOnlyList<StageStatus>> RunAsync(int ranks)
    {
        for (var rank = 0; rank < ranks; rank++)
            await orders.SayAsync(rank, new ControlMessage(ControlKind.Plan) { Inputs = plan.InputsHash, Pending = plan.Pending.Count }, cancellation);

        using var timer = new PeriodicTimer(Tick);
        var watching = WatchAsync(timer);
        var left = ranks;
        await foreach (var (rank, message) in ControlLine.HearAsync(reports, cancellation))
        {
            var (segment, worker) = roles[rank];
            switch (message.Kind)
            {
                case ControlKind.Free:
                    _free.Enqueue(rank);
                    await HandOutAsync();
                    break;
                case ControlKind.Done:
                    _dispatcher.Done(segment, worker);
                    await HandOutAsync();
                    break;
                case ControlKind.Sample:
                case ControlKind.Finished:
                    lock (_samples) _samples[rank] = message.Sample!;
                    if (message.Kind == ControlKind.Finished) left--;
                    break;
                default:
                    throw new InvalidDataException($"Rank {rank} sent a message of kind {message.Kind}, which only rank 0 sends.");
            }
        }

        if (left > 0) throw new InvalidDataException($"{left} of {ranks} ranks left without having finished.");
        timer.Dispose();
        await watching;
        var last = Look();
        progress?.Report(last);
        return last.Stages;
    }

    /// <summary>Lets the other ranks go.</summary>
    public Task DismissAsync() => orders.CompleteAsync(cancellation);

    private async Task HandOutAsync()
    {
        while (_free.Count > 0 && _dispatcher.CanTake)
        {
            var rank = _free.Dequeue();
            var taken = _dispatcher.Take(roles[rank].Worker);
            await orders.SayAsync(rank, new ControlMessage(ControlKind.Take) { Index = taken?.Index ?? 0, Shard = taken?.Shard }, cancellation);
        }
    }

    private async Task WatchAsync(PeriodicTimer timer)
    {
        while (await timer.WaitForNextTickAsync(CancellationToken.None)) progress?.Report(Look());
    }

    private JobStatus Look()
    {
        lock (_samples) return monitor.Look(Elapsed, [.. _samples.Values]);
    }
}
