using Faiss.Interop;

namespace Faiss;

/// <summary>Settings of one search. They are passed with the call and never set on the index, which other threads may be searching.</summary>
public sealed record SearchParameters
{
    /// <summary>Largest <see cref="EfSearch"/>.</summary>
    public const int MaxEfSearch = 256;

    /// <summary>Largest <see cref="RefineFactor"/>.</summary>
    public const int MaxRefineFactor = 1000;

    internal static SearchParameters Default { get; } = new();

    /// <summary>Inverted lists to visit, at least 1 (values above the index's nlist visit all); 0 keeps the index's own. Means nothing without IVF.</summary>
    public int NProbe { get; init; }

    /// <summary>
    /// Length of the HNSW candidate list, 1 to <see cref="MaxEfSearch"/>; 0 keeps the index's own. Never shorter than k. Means nothing without HNSW.
    /// </summary>
    public int EfSearch { get; init; }

    /// <summary>
    /// With refinement (<c>…,RFlat</c>): k times this many candidates are measured exactly, 1 to <see cref="MaxRefineFactor"/>; 0 keeps the index's own, which
    /// is 1 unless a file says otherwise. Means nothing without.
    /// </summary>
    public int RefineFactor { get; init; }

    /// <summary>
    /// OpenMP threads of this call; 0 takes OpenMP's default, usually one per core. Each calling thread has a team of its own, so under
    /// concurrent calls 1 is best.
    /// </summary>
    public int Threads { get; init; } = 1;

    /// <summary>Which ids may be returned; null for all. The caller keeps and disposes it.</summary>
    public IdSelector? Selector { get; init; }

    /// <exception cref="ArgumentOutOfRangeException">A setting is outside its range.</exception>
    internal NativeSearchParameters Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(NProbe);
        ArgumentOutOfRangeException.ThrowIfNegative(EfSearch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(EfSearch, MaxEfSearch);
        ArgumentOutOfRangeException.ThrowIfNegative(RefineFactor);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(RefineFactor, MaxRefineFactor);
        ArgumentOutOfRangeException.ThrowIfNegative(Threads);
        return new NativeSearchParameters { NProbe = NProbe, EfSearch = EfSearch, Threads = Threads, RefineFactor = RefineFactor };
    }

    internal SelectorHandle SelectorHandle => Selector?.Handle ?? SelectorHandle.None;
}
