using System.Security.Cryptography;
using System.Text.Json;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Processes;

/// <summary>All ends of edges that one rank holds: to rank 0 and back, from the segment before it, to the segment behind it.</summary>
internal sealed class Edges : IAsyncDisposable
{
    private const string UpName = "to rank 0";
    private const string DownName = "from rank 0";
    private const int TokenBytes = 32;

    // The launcher notices a dead process within seconds; this is for a machine that is gone or cut off, not for one that is busy.
    private static readonly TimeSpan PeerDeath = TimeSpan.FromSeconds(60);

    // Room for the usual frame several times, however many senders share a queue.
    private const long MinCredit = 4 << 20;

    private readonly List<IAsyncDisposable> _ends = [];

    private Edges()
    {
    }

    /// <summary>Messages of all ranks; only on rank 0.</summary>
    public EdgeReader? Reports { get; private set; }

    /// <summary>Messages to all ranks; only on rank 0.</summary>
    public EdgeWriter? Orders { get; private set; }

    /// <summary>Messages to rank 0.</summary>
    public EdgeWriter ToLead { get; private set; } = null!;

    /// <summary>Messages of rank 0.</summary>
    public EdgeReader FromLead { get; private set; } = null!;

    /// <summary>From the segment before, where there is one.</summary>
    public EdgeReader? Input { get; private set; }

    /// <summary>To the segment behind, where there is one.</summary>
    public EdgeWriter? Output { get; private set; }

    /// <summary>Opens all ends. Every rank calls it at the same time.</summary>
    /// <param name="world">The ranks.</param>
    /// <param name="roles">What each does.</param>
    /// <param name="queueBytes">Most bytes that may wait before one rank.</param>
    public static async Task<Edges> OpenAsync(World world, Roles roles, long queueBytes)
    {
        // Everybody offers a token; that of rank 0 is taken.
        var token = world.Exchange(RandomNumberGenerator.GetBytes(TokenBytes))[0];
        var edges = new Edges();
        try
        {
            var (segment, worker) = roles[world.Rank];
            var before = segment.Index > 0 ? roles.Segments[segment.Index - 1] : null;
            var behind = segment.Index + 1 < roles.Segments.Count ? roles.Segments[segment.Index + 1] : null;
            var addresses = new Dictionary<string, string>();

            edges.FromLead = await ReceiveAsync(Control(DownName), world.Rank, world.Size, 1);
            if (world.Rank == 0) edges.Reports = await ReceiveAsync(Control(UpName), 0, 1, world.Size);
            if (before is not null) edges.Input = await ReceiveAsync(Data(before, segment), worker, segment.Workers, before.Workers);
            var all = world.Exchange(JsonSerializer.SerializeToUtf8Bytes(addresses)).Select(said => JsonSerializer.Deserialize<Dictionary<string, string>>(said)!).ToArray();

            edges.ToLead = Send(Control(UpName), world.Rank, world.Size, [0]);
            if (world.Rank == 0) edges.Orders = Send(Control(DownName), 0, 1, Enumerable.Range(0, world.Size));
            if (behind is not null) edges.Output = Send(Data(segment, behind), worker, segment.Workers, roles.RanksOf(behind));
            return edges;

            async Task<EdgeReader> ReceiveAsync(EdgeOptions options, int receiver, int receivers, int senders)
            {
                var (reader, address) = await world.OpenReaderAsync(options, receiver, receivers, senders);
                edges._ends.Add(reader);
                addresses.Add(options.Edge, address);
                return reader;
            }

            EdgeWriter Send(EdgeOptions options, int sender, int senders, IEnumerable<int> receivers)
            {
                var writer = world.OpenWriter(options, sender, senders, [.. receivers.Select(rank => all[rank][options.Edge])]);
                edges._ends.Add(writer);
                return writer;
            }
        }
        catch
        {
            await edges.DisposeAsync();
            throw;
        }

        EdgeOptions Control(string name) => new() { Edge = name, Token = token, PeerDeath = PeerDeath };

        EdgeOptions Data(Segment from, Segment to)
        {
            var credit = Math.Max(MinCredit, queueBytes / from.Workers);
            var standard = new EdgeOptions { Edge = "", Token = token }.MaxFrameBytes;
            return new EdgeOptions
            {
                Edge = $"{ShardRun.Name(from.Last)} to {ShardRun.Name(to.First)}",
                Token = token,
                PeerDeath = PeerDeath,
                CreditBytes = credit,
                MaxFrameBytes = (int)Math.Min(standard, credit - EdgeOptions.FrameOverhead),
            };
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var end in _ends) await end.DisposeAsync();
    }
}
