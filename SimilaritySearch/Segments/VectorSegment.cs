using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Segments;

/// <summary>Vectors under row numbers, and how they are searched. Thread-safe.</summary>
internal abstract class VectorSegment : IDisposable
{
    public abstract long Count { get; }

    public abstract int Dimension { get; }

    /// <summary>The nearest rows, best first; as many as k where there are.</summary>
    /// <param name="query">d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="allowed">Rows that may be found; null for all.</param>
    /// <param name="nProbe">Inverted lists to visit; 0 for what is set.</param>
    /// <param name="cancellation">Stops the search.</param>
    public abstract IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, RowBitmap? allowed, int nProbe, CancellationToken cancellation);

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, RowBitmap?, int, CancellationToken)"/>, and copies the hits' vectors.</summary>
    /// <param name="query">d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="vectors">Room for k x d values: hit i's stand from i x d on.</param>
    /// <param name="allowed">Rows that may be found; null for all.</param>
    /// <param name="nProbe">Inverted lists to visit; 0 for what is set.</param>
    /// <param name="cancellation">Stops the search.</param>
    public virtual IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, Span<float> vectors, RowBitmap? allowed, int nProbe, CancellationToken cancellation)
    {
        var hits = Search(query, k, allowed, nProbe, cancellation);
        for (var i = 0; i < hits.Count; i++)
            CopyVector(hits[i].Row, vectors.Slice(i * Dimension, Dimension));
        return hits;
    }

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, RowBitmap?, int, CancellationToken)"/>, among rows that are named, beside what would be looked at without them or instead of it.</summary>
    /// <param name="query">d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="rows">Rows, each once.</param>
    /// <param name="listsToo">Whether the rest is looked at as well.</param>
    /// <param name="allowed">Rows that may be found; null for all.</param>
    /// <param name="nProbe">Inverted lists to visit; 0 for what is set.</param>
    /// <param name="cancellation">Stops the search.</param>
    public virtual IReadOnlyList<RowHit> SearchAmong(ReadOnlySpan<float> query, int k, ReadOnlySpan<uint> rows, bool listsToo, RowBitmap? allowed, int nProbe, CancellationToken cancellation)
    {
        var named = new RowBitmap(Count);
        foreach (var row in rows)
            named[row] = allowed is null || allowed[row];
        var found = Comparison.OfAllowed(this, query, k, named, cancellation);
        if (!listsToo)
            return found;
        var all = found.Concat(Search(query, k, allowed, nProbe, cancellation)).DistinctBy(hit => hit.Row).ToList();
        all.Sort(RowHit.Compare);
        return all.Count > k ? all[..k] : all;
    }

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, RowBitmap?, int, CancellationToken)"/>, for many queries.</summary>
    public virtual IReadOnlyList<RowHit>[] SearchMany(ReadOnlySpan<float> queries, int k, RowBitmap? allowed, CancellationToken cancellation)
    {
        var answers = new IReadOnlyList<RowHit>[queries.Length / Dimension];
        for (var q = 0; q < answers.Length; q++)
            answers[q] = Search(queries.Slice(q * Dimension, Dimension), k, allowed, 0, cancellation);
        return answers;
    }

    /// <summary>Copies the vector of a row, rounded where the segment holds rounded ones.</summary>
    public void CopyVector(long row, Span<float> vector) => CopyVectors([row], vector);

    /// <summary>As <see cref="CopyVector"/>, of many rows: a segment fetches several at once from memory, which is what most of the time goes to.</summary>
    /// <param name="rows">n rows.</param>
    /// <param name="vectors">Room for n x d values.</param>
    public abstract void CopyVectors(ReadOnlySpan<long> rows, Span<float> vectors);

    public abstract void Dispose();
}
