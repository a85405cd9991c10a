using System.Threading.Channels;
using Stickers.Pipeline.Accounting;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Running;
using Stickers.Storage;

namespace Stickers.Pipeline.Processes;

/// <summary>One rank's part of a job that several processes run.</summary>
internal sealed class ProcessRun(Job job, ObjectStore store, RunOptions options, World world)
{
    private static readonly TimeSpan SampleEvery = TimeSpan.FromSeconds(1);

    private readonly Roles _roles = Roles.Of(options, world.Size);

    /// <returns>On rank 0 how it went, on others null.</returns>
    public async Task<JobReport?> RunAsync(IProgress<JobStatus>? progress, CancellationToken cancellation)
    {
        var edges = await Edges.OpenAsync(world, _roles, options.QueueBytes);
        var group = world.Split(_roles[world.Rank].Segment.Index);
        var well = false;
        try
        {
            using var crew = new Crew(cancellation);
            JobReport? report = null;
            var orders = Channel.CreateUnbounded<ControlMessage>();
            var members = new List<Func<Task>> { () => HearAsync(edges, orders.Writer, crew.Token), () => WorkAsync(edges, group, orders.Reader, crew.Token) };
            if (world.Rank == 0) members.Add(async () => report = await LeadAsync(edges, progress, crew.Token));
            await crew.RunAsync(members);
            well = true;
            return report;
        }
        finally
        {
            if (well || !world.EndsTogether) await edges.DisposeAsync();
        }
    }

    private async Task<JobReport> LeadAsync(Edges edges, IProgress<JobStatus>? progress, CancellationToken cancellation)
    {
        var plan = await JobPlan.OpenAsync(job, store, options, cancellation);
        using var orders = new ControlLine(edges.Orders!);
        var lead = new Lead(plan, _roles, job.InLockstep, StageMonitor.Of(job, plan, options), edges.Reports!, orders, progress, cancellation);
        var stages = await lead.RunAsync(world.Size);
        var result = await plan.FinishAsync(cancellation);
        await lead.DismissAsync();
        return new JobReport(result, plan.Pending.Count, lead.Elapsed, stages);
    }

    private async Task WorkAsync(Edges edges, StageGroup group, ChannelReader<ControlMessage> orders, CancellationToken cancellation)
    {
        var (segment, rank) = _roles[world.Rank];
        using var line = new ControlLine(edges.ToLead);
        var begin = await orders.ReadAsync(cancellation);
        if (begin is not { Kind: ControlKind.Plan, Inputs: { } inputs }) throw new InvalidDataException($"Rank 0 sent {begin.Kind}, expected {ControlKind.Plan}.");

        var wiring = new EdgeWiring(job, edges, new RemoteFeed(line, orders, job.Reshapes));
        var worker = new Worker(segment, rank, ContextOf, cancellation) { ShardDone = _ => line.SayAsync(0, new ControlMessage(ControlKind.Done), cancellation) };
        if (begin.Pending > 0)
        {
            foreach (var stage in segment.Stages) await job.PrepareAsync(worker.ContextOf(stage));
        }

        using var timer = new PeriodicTimer(SampleEvery);
        var reporting = ReportAsync();
        await job.RunWorkerAsync(worker, wiring, new Ledger(store, options.Folder, inputs));
        timer.Dispose();
        await reporting;
        await line.SayAsync(0, new ControlMessage(ControlKind.Finished) { Sample = Sample() }, cancellation);
        await line.CompleteAsync(cancellation);

        StageContext ContextOf(StageKind stage) => new()
        {
            Stage = stage,
            Group = group,
            Threads = options.Threads > 0 ? options.Threads : world.Threads,
            Device = options.Device,
            Store = store,
            Folder = options.Folder,
            Cancellation = cancellation,
        };

        WorkerSample Sample() => WorkerSample.Of(worker, (wiring.Waiting, segment.Index > 0 ? options.QueueBytes : 0));

        async Task ReportAsync()
        {
            while (await timer.WaitForNextTickAsync(CancellationToken.None)) await line.SayAsync(0, new ControlMessage(ControlKind.Sample) { Sample = Sample() }, cancellation);
        }
    }

    /// <summary>Ends when rank 0 has finished the job.</summary>
    private static async Task HearAsync(Edges edges, ChannelWriter<ControlMessage> orders, CancellationToken cancellation)
    {
        await foreach (var (_, message) in ControlLine.HearAsync(edges.FromLead, cancellation)) orders.TryWrite(message);
        orders.Complete();
    }
}
