namespace Faiss;

/// <summary>Settings of one search. They are passed with the call and never set on the index, which other threads may be searching.</summary>
public sealed record SearchParameters
{
    /// <summary>Largest <see cref="EfSearch"/>.</summary>
    public const int MaxEfSearch = 256;

    /// <summary>Inverted lists to visit, at least 1 (values above the index's nlist visit all); 0 keeps the index's own. Means nothing without IVF.</summary>
    public int NProbe { get; init; }

    /// <summary>
    /// Length of the HNSW candidate list, 1 to <see cref="MaxEfSearch"/>; 0 keeps the index's own. Never shorter than k. Means nothing without HNSW.
    /// </summary>
    public int EfSearch { get; init; }

    /// <summary>
    /// OpenMP threads of this call; 0 takes OpenMP's default, usually one per core. Each calling thread has a team of its own, so under
    /// concurrent calls 1 is best.
    /// </summary>
    public int Threads { get; init; } = 1;
}
