using Stickers.Storage;

namespace Stickers.Pipeline.Accounting;

/// <summary>What the ledger says of one shard that is written. It holds no clock time: the same input gives the same bytes.</summary>
internal sealed record LedgerEntry
{
    public const int CurrentVersion = 1;

    public required int FormatVersion { get; init; }

    /// <summary>Hash of what the job was made from; an entry of another job does not count.</summary>
    public required string Inputs { get; init; }

    public required int Index { get; init; }
    public required string Shard { get; init; }

    /// <summary>Inputs = Written + rows of Quarantined.</summary>
    public required long Read { get; init; }
    public required long Written { get; init; }
    public required IReadOnlyList<QuarantinedItem> Quarantined { get; init; }

    /// <summary>The author's own numbers.</summary>
    public required IReadOnlyDictionary<string, long> Tallies { get; init; }
    public required CommittedFile File { get; init; }
}

/// <summary>What all entries of one job must agree on: written first.</summary>
internal sealed record LedgerHead
{
    public required int FormatVersion { get; init; }

    /// <summary>Everything that the output depends on, by name.</summary>
    public required IReadOnlyDictionary<string, string> Inputs { get; init; }

    public required int Shards { get; init; }
}
