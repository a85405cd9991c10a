using System.Net;
using MpiNet;
using Stickers.Pipeline.Observing;
using Stickers.Pipeline.Transport;
using Stickers.Storage;

namespace Stickers.Pipeline.Processes;

/// <summary>The ranks that mpirun started: MPI lets them find each other and works inside a stage; between stages flow ZeroMQ's edges.</summary>
internal sealed class MpiWorld(Communicator world) : World
{
    /// <summary>
    /// Environment variable with the name or address by which the other ranks reach this machine; its host name where it is not set. A pod's host name means nothing to
    /// other pods, so there it holds the pod's address.
    /// </summary>
    public const string AddressVariable = "STICKERS_ADDRESS";

    public override int Rank => world.Rank;

    public override int Size => world.Size;

    public override int Threads { get; } = Math.Max(1, Environment.ProcessorCount / RanksHere(world.Size));

    public override bool EndsTogether => true;

    public override IReadOnlyList<byte[]> Exchange(ReadOnlySpan<byte> mine)
    {
        var lengths = new int[Size];
        world.Allgather<int>([mine.Length], lengths);
        var all = new byte[lengths.Sum()];
        world.Allgatherv(mine, all, lengths);
        var start = 0;
        return [.. lengths.Select(length => all[start..(start += length)])];
    }

    public override StageGroup Split(int color) => new MpiGroup(world.Split(color, world.Rank));

    public override async Task<(EdgeReader Reader, string Address)> OpenReaderAsync(EdgeOptions options, int receiver, int receivers, int senders)
    {
        var reader = await ZeroMqEdgeReader.OpenAsync(options, receiver, receivers, senders, Address);
        return (reader, reader.Address.ToString());
    }

    public override EdgeWriter OpenWriter(EdgeOptions options, int sender, int senders, IReadOnlyList<string> addresses) =>
        ZeroMqEdgeWriter.Open(options, sender, senders, [.. addresses.Select(EdgeAddress.Parse)]);

    private static string Address => Environment.GetEnvironmentVariable(AddressVariable) is { Length: > 0 } address ? address : Dns.GetHostName();

    /// <summary>Open MPI says how many ranks share a machine; without its word all do.</summary>
    private static int RanksHere(int all) =>
        int.TryParse(Environment.GetEnvironmentVariable("OMPI_COMM_WORLD_LOCAL_SIZE"), out var here) && here > 0 ? here : all;

    private sealed class MpiGroup(Communicator group) : StageGroup
    {
        // MPI itself is as fast with slices of this size as with any, and on four ranks twice as fast as with one large piece.
        private const int Slice = 1 << 20;

        public override int Rank => group.Rank;

        public override int Size => group.Size;

        public override void Barrier() => group.Barrier();

        public override void Sum(Span<float> values)
        {
            for (var start = 0; start < values.Length; start += Slice)
                group.Allreduce(values.Slice(start, Math.Min(Slice, values.Length - start)), ReduceOperation.Sum);
        }

        public override void Broadcast(Span<byte> values, int root) => group.Bcast(values, root);

        public override async Task RunAsync(Job job, ObjectStore store, string folder, IProgress<JobStatus>? progress = null, CancellationToken cancellation = default)
        {
            await using (job)
                await new ProcessRun(job, store, new RunOptions { Folder = folder, Preprocess = 0, Main = Size, Postprocess = 0 }, new MpiWorld(group)).RunAsync(progress, cancellation);
        }
    }
}
