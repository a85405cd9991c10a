namespace Faiss;

/// <summary>How vectors are compared.</summary>
public enum MetricType
{
    /// <summary>Inner product; larger is nearer.</summary>
    InnerProduct = 0,

    /// <summary>Squared Euclidean distance; smaller is nearer.</summary>
    L2 = 1,
}

/// <summary>A Faiss index over float32 vectors, row-major n x d.</summary>
public sealed class FaissIndex : IDisposable
{
    /// <summary>Builds an empty index from a factory string, e.g. <c>IDMap2,Flat</c>.</summary>
    public static FaissIndex Create(int d, string factory, MetricType metric) => throw new NotImplementedException();

    /// <summary>Reads an index file.</summary>
    public static FaissIndex Load(string path) => throw new NotImplementedException();

    /// <summary>Vector length.</summary>
    public int Dimension => throw new NotImplementedException();

    /// <summary>Number of vectors.</summary>
    public long Count => throw new NotImplementedException();

    /// <summary>Whether <see cref="Train"/> is done or not needed.</summary>
    public bool IsTrained => throw new NotImplementedException();

    /// <summary>Trains on n x d values.</summary>
    public void Train(ReadOnlySpan<float> vectors, int threads = 0) => throw new NotImplementedException();

    /// <summary>Adds n vectors under n ids.</summary>
    public void AddWithIds(ReadOnlySpan<float> vectors, ReadOnlySpan<long> ids, int threads = 0) => throw new NotImplementedException();

    /// <summary>Searches n queries; fills n x k distances and ids, best first; ids are -1 where fewer than k were found.</summary>
    public void Search(ReadOnlySpan<float> queries, int k, Span<float> distances, Span<long> ids, SearchParameters? parameters = null) => throw new NotImplementedException();

    /// <summary>The stored vector of an id (exact for Flat).</summary>
    public void Reconstruct(long id, Span<float> vector) => throw new NotImplementedException();

    /// <summary>Writes the index file; not atomic, the caller renames.</summary>
    public void Save(string path) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>Per-call settings; never set on a shared index.</summary>
public sealed record SearchParameters
{
    /// <summary>Inverted lists to visit; 0 keeps the index's own.</summary>
    public int NProbe { get; init; }

    /// <summary>HNSW candidate list; 0 keeps the index's own.</summary>
    public int EfSearch { get; init; }

    /// <summary>OpenMP threads of this call; 0 keeps OpenMP's own.</summary>
    public int Threads { get; init; } = 1;
}
