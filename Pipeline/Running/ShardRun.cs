using Stickers.Pipeline.Formats;

namespace Stickers.Pipeline.Running;

/// <summary>
/// What is known of one shard on its way: how many items left each stage, what is in quarantine, what the author tallied. In one process
/// it travels with the items; between processes its contents travel in their frames.
/// </summary>
internal sealed class ShardRun(int index, int turn, Shard shard, Func<StageKind, bool> reshapes)
{
    private const int MaxText = 1000;

    private readonly Lock _lock = new();
    private readonly List<QuarantinedItem> _quarantined = [];
    private readonly SortedDictionary<string, long> _tallies = new(StringComparer.Ordinal);

    public int Index { get; } = index;

    /// <summary>Place among the shards of this run, from 0: those done before do not count.</summary>
    public int Turn { get; } = turn;

    public Shard Shard { get; } = shard;

    /// <summary>Items that left each stage; that of the sink stays 0.</summary>
    public long[] Out { get; } = new long[5];

    /// <summary>Whether each stage's output was read to its end by who was to read it.</summary>
    public bool[] Ended { get; } = new bool[5];

    /// <summary>Rows of each stage in quarantine.</summary>
    public long[] Refused { get; } = new long[5];

    public IReadOnlyList<QuarantinedItem> Quarantined => _quarantined;

    public IReadOnlyDictionary<string, long> Tallies => _tallies;

    /// <summary>Which worker of the second segment, of the third, gets the shard; empty where all run in one process.</summary>
    public int[] Route { get; init; } = [];

    /// <summary>Identifies the trace that this shard belongs to, or null.</summary>
    public string? TraceParent { get; set; }

    /// <summary>The first stage whose outputs are not one for each input: only up to it can inputs be counted.</summary>
    public StageKind LastCounted { get; } = Enum.GetValues<StageKind>().First(stage => stage == StageKind.Sink || reshapes(stage));

    /// <summary>Inputs that were read = <see cref="Written"/> + <see cref="Refused"/> of all stages.</summary>
    public long Read => Out[0] + Refused[0];

    /// <summary>Inputs that went into the output.</summary>
    public long Written => Out[(int)LastCounted - 1] - Refused[(int)LastCounted];

    public void Quarantine(QuarantinedItem row)
    {
        ArgumentException.ThrowIfNullOrEmpty(row.Key);
        ArgumentException.ThrowIfNullOrEmpty(row.ErrorClass);
        if (row.Stage > LastCounted)
            throw new InvalidOperationException($"{Name(row.Stage)} cannot put '{row.Key}' in quarantine: behind {Name(LastCounted)}, which reshapes the stream, items are inputs no longer.");
        lock (_lock)
        {
            _quarantined.Add(row with { Key = Cut(row.Key), ErrorClass = Cut(row.ErrorClass), Reason = Cut(row.Reason) });
            Refused[(int)row.Stage]++;
        }
    }

    public void Tally(string name, long amount)
    {
        lock (_lock) _tallies[name] = _tallies.GetValueOrDefault(name) + amount;
    }

    /// <summary>Checks at the end of a stage's output that nothing is missing.</summary>
    /// <exception cref="CountMismatchException">Items were lost, doubled or left unread.</exception>
    public void Check(StageKind stage)
    {
        var at = (int)stage;
        if (stage > StageKind.Source && !Ended[at - 1]) throw Mismatch($"{Name(stage)} ended without reading its input to the end");
        if (stage == StageKind.Source)
        {
            if (Shard.Count is { } count && count != Read) throw Mismatch($"the shard was said to have {count} items, but {Read} were read");
        }
        else if (!reshapes(stage) && stage != StageKind.Sink && Out[at - 1] != Out[at] + Refused[at])
        {
            throw Mismatch($"{Name(stage)} took {Out[at - 1]} items, but gave {Out[at]} and put {Refused[at]} in quarantine");
        }
    }

    /// <summary>Takes over what the process before has counted, once all its items and rows are here.</summary>
    /// <exception cref="CountMismatchException">A row in quarantine did not arrive.</exception>
    public void Arrive(ShardEnd end, StageKind stage)
    {
        if (!end.Refused.AsSpan().SequenceEqual(Refused)) throw Mismatch($"{end.Refused.Sum()} rows were put in quarantine before, but {Refused.Sum()} arrived behind {Name(stage)}");
        end.Out.AsSpan(0, (int)stage + 1).CopyTo(Out);
        foreach (var (name, amount) in end.Tallies) Tally(name, amount);
    }

    /// <summary>The message shows every stage, so that anyone sees where items went.</summary>
    public CountMismatchException Mismatch(string what) => new($"Shard {Index} ('{Shard.Name}'): {what}.{Environment.NewLine}{CountTable.Of(this)}");

    internal static string Name(StageKind stage) => stage.ToString().ToLowerInvariant();

    private static string Cut(string text) => text.Length <= MaxText ? text : text[..MaxText];
}
