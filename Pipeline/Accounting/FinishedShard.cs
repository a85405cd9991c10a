using Stickers.Storage;

namespace Stickers.Pipeline.Accounting;

/// <summary>An entry without its quarantine rows: small enough to keep one for each shard of a large job.</summary>
internal sealed record FinishedShard(int Index, long Read, long Written, int Quarantined, IReadOnlyDictionary<string, long> Tallies, CommittedFile File);
