namespace Stickers.IndexBuilder;

/// <summary>What an index is asked to be.</summary>
/// <param name="Count">Vectors, 1 to 10^9.</param>
/// <param name="Dimension">Their length, 1 to 4096.</param>
public sealed record IndexRequest(long Count, int Dimension)
{
    /// <summary>Memory that a server may give the index, bytes.</summary>
    public long MemoryBytes { get; init; } = 16L << 30;

    /// <summary>Time that one query may take on one core, milliseconds.</summary>
    public double Milliseconds { get; init; } = 10;

    /// <summary>The build of Faiss that will search: <c>generic</c>, or one of the fast ones, <c>avx2</c> and <c>avx512</c>.</summary>
    public string FaissVariant { get; init; } = IndexPlanner.Generic;

    /// <summary>Smallest recall@10 that is good enough, 0 to 1.</summary>
    public double RecallFloor { get; init; } = 0.95;
}
