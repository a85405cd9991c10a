namespace Stickers.Pipeline;

/// <summary>
/// The unit of work, commit and resume: a run of consecutive items of one input. What a job makes of it depends on nothing else, so the same
/// shard always gives the same bytes.
/// </summary>
/// <param name="Name">Unique in its job; messages and the ledger name the shard by it.</param>
/// <param name="Input">What the source opens, in the source's own words.</param>
/// <param name="First">Where it begins within the input: an index or an offset, as the source counts.</param>
/// <param name="Count">Number of items where the source knows it beforehand, else null. If known, another number is an error.</param>
public sealed record Shard(string Name, string Input, long First = 0, long? Count = null);
