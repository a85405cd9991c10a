using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Coded;
using Stickers.SimilaritySearch.Exact;
using Stickers.SimilaritySearch.Segments;
using Stickers.SimilaritySearch.Tags;

namespace Stickers.SimilaritySearch;

/// <summary>
/// The vectors of a snapshot: one segment, or after an update two, a base of which some rows are deleted and what was added since. They answer as
/// one. Thread-safe.
/// </summary>
public sealed class SegmentSet : IDisposable
{
    /// <summary>Stickers that are looked at by their tags, at most.</summary>
    private const int MostByTag = 1_000_000;

    private readonly List<(VectorSegment Vectors, RowTable? Rows, RowBitmap? Alive)> _segments = [];
    private TagDocuments? _documents;

    /// <param name="d">Vector length of all segments.</param>
    public SegmentSet(int d) => Dimension = d;

    /// <summary>Vector length.</summary>
    public int Dimension { get; }

    /// <summary>Vectors that can be found.</summary>
    public long Count { get; private set; }

    /// <summary>Adds a segment of vectors.exact.</summary>
    /// <param name="vectors">The file.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="alive">Rows that are not deleted; null for all.</param>
    /// <exception cref="InvalidDataException">The file cannot be read, or has other rows or dimensions.</exception>
    public void AddExact(string vectors, RowTable rows, RowBitmap? alive) => Add(new ExactSegment(ExactIndex.Open(vectors)), rows, alive, vectors);

    /// <summary>Adds a segment of inverted lists whose ids are row numbers.</summary>
    /// <param name="vectors">The file.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="alive">Rows that are not deleted; null for all.</param>
    /// <param name="nProbe">Lists to visit unless a search says otherwise.</param>
    /// <exception cref="InvalidDataException">The file cannot be read, or has other rows or dimensions.</exception>
    public void AddFaiss(string vectors, RowTable rows, RowBitmap? alive, int nProbe)
    {
        var index = Load(vectors);
        try
        {
            index.EnableReconstruct(sequential: true);
        }
        catch (FaissException e)
        {
            index.Dispose();
            throw new InvalidDataException($"The ids in {vectors} are not the numbers of its rows: {e.Message}", e);
        }

        Add(new FaissSegment(index, nProbe), rows, alive, vectors);
    }

    /// <summary>Adds a segment of vectors.coded.</summary>
    /// <param name="vectors">The file.</param>
    /// <param name="rows">Its rows.</param>
    /// <param name="alive">Rows that are not deleted; null for all.</param>
    /// <param name="nProbe">Lists to visit unless a search says otherwise.</param>
    /// <exception cref="InvalidDataException">The file cannot be read, or has other rows or dimensions.</exception>
    public void AddCoded(string vectors, RowTable rows, RowBitmap? alive, int nProbe) => Add(new CodedSegment(CodedIndex.Open(vectors), nProbe), rows, alive, vectors);

    /// <summary>Adds the tag documents of all segments, which must have been added.</summary>
    /// <param name="path">The file.</param>
    /// <exception cref="InvalidDataException">The file cannot be read, or is of other segments.</exception>
    public void AddTagDocuments(string path)
    {
        _documents = TagDocuments.Open(path);
        var rows = _segments.Sum(segment => segment.Vectors.Count);
        if (_documents.Rows != rows)
            throw new InvalidDataException($"{path} is of {_documents.Rows} rows; the segments have {rows}.");
    }

    /// <summary>Adds the index of a snapshot of format 1, whose ids are stickers' ids.</summary>
    internal void AddFormat1(FaissIndex index, SearchParameters parameters)
    {
        _segments.Add((new Format1Segment(index, parameters), null, null));
        Count += index.Count;
    }

    /// <summary>The k nearest stickers, best first, equally near ones by id.</summary>
    /// <param name="query">d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="filter">Stickers that may be found; null for all.</param>
    /// <param name="exclude">Left out of the answer.</param>
    /// <param name="nProbe">Inverted lists to visit; 0 for what is set.</param>
    /// <param name="cancellation">Stops the search.</param>
    public IReadOnlyList<SearchHit> Search(
        ReadOnlySpan<float> query, int k, SegmentFilter? filter = null, StickerId? exclude = null, int nProbe = 0, CancellationToken cancellation = default)
    {
        if (filter is not null && filter.Owner != this)
            throw new ArgumentException("The filter was made for another snapshot.", nameof(filter));
        var hits = new List<SearchHit>();
        for (var i = 0; i < _segments.Count; i++)
        {
            var (vectors, rows, alive) = _segments[i];
            if (rows is null)
            {
                hits.AddRange(((Format1Segment)vectors).SearchStickers(query, k, filter?.Ids, exclude, cancellation));
                continue;
            }

            var found = vectors.Search(query, exclude is null ? k : k + 1, filter is null ? alive : filter.Rows[i], nProbe, cancellation);
            foreach (var hit in found)
            {
                var id = rows.IdOf(hit.Row);
                if (id != exclude)
                    hits.Add(new SearchHit(id, hit.Score));
            }
        }

        Order(hits, k);
        return hits;
    }

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, SegmentFilter?, StickerId?, int, CancellationToken)"/>, and copies the hits' vectors.</summary>
    /// <param name="query">d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="vectors">Room for k x d values: hit i's stand from i x d on.</param>
    /// <param name="filter">Stickers that may be found; null for all.</param>
    /// <param name="cancellation">Stops the search.</param>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, Span<float> vectors, SegmentFilter? filter = null, CancellationToken cancellation = default)
    {
        if (vectors.Length < (long)k * Dimension)
            throw new ArgumentException($"{k} vectors of {Dimension} dimensions need {(long)k * Dimension} values; there is room for {vectors.Length}.", nameof(vectors));
        if (_segments is [(var only, { } rows, var alive)] && (filter is null || filter.Owner == this))
        {
            // A segment knows them when it finds them, and its order is ours: rows ascend with ids.
            var found = only.Search(query, k, vectors, filter is null ? alive : filter.Rows[0], nProbe: 0, cancellation);
            var best = new SearchHit[found.Count];
            for (var i = 0; i < best.Length; i++)
                best[i] = new SearchHit(rows.IdOf(found[i].Row), found[i].Score);
            return best;
        }

        var hits = Search(query, k, filter, exclude: null, nProbe: 0, cancellation);
        for (var i = 0; i < hits.Count; i++)
            TryCopyVector(hits[i].Id, vectors.Slice(i * Dimension, Dimension));
        return hits;
    }

    /// <summary>
    /// As <see cref="Search(ReadOnlySpan{float}, int, SegmentFilter?, StickerId?, int, CancellationToken)"/>, among the stickers that have one of some tags, beside the nearest lists or instead of them. Rare tags come first, until a million stickers are
    /// looked at; of a tag that passes this limit as many as fit, as good as drawn by lot.
    /// </summary>
    /// <param name="query">d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="candidates">Which tags.</param>
    /// <param name="filter">Stickers that may be found; null for all.</param>
    /// <param name="exclude">Left out of the answer.</param>
    /// <param name="nProbe">Inverted lists to visit; 0 for what is set.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="InvalidOperationException">The snapshot has no tag documents.</exception>
    public IReadOnlyList<SearchHit> SearchAmong(
        ReadOnlySpan<float> query, int k, TagCandidates candidates, SegmentFilter? filter = null, StickerId? exclude = null, int nProbe = 0, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        if (filter is not null && filter.Owner != this)
            throw new ArgumentException("The filter was made for another snapshot.", nameof(filter));
        var documents = _documents ?? throw new InvalidOperationException("This index is of a format that knows no candidates by tags. Build it again: stickers index build.");
        var rows = documents.RowsOfAny(candidates.Tags, MostByTag);
        var (hits, before, first) = (new List<SearchHit>(), 0L, 0);
        for (var i = 0; i < _segments.Count; i++)
        {
            var (vectors, table, alive) = _segments[i];
            var end = first;
            while (end < rows.Length && rows[end] < before + vectors.Count) end++;
            var own = Array.ConvertAll(rows[first..end], row => (uint)(row - before));
            foreach (var hit in vectors.SearchAmong(query, exclude is null ? k : k + 1, own, candidates.ListsToo, filter is null ? alive : filter.Rows[i], nProbe, cancellation))
            {
                if (table!.IdOf(hit.Row) is var id && id != exclude)
                    hits.Add(new SearchHit(id, hit.Score));
            }

            (before, first) = (before + vectors.Count, end);
        }

        Order(hits, k);
        return hits;
    }

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, SegmentFilter?, StickerId?, int, CancellationToken)"/> without filter, for many queries in one pass over the vectors where they are compared one and all.</summary>
    /// <param name="queries">Row-major, m x d values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>One list for each query.</returns>
    public IReadOnlyList<SearchHit>[] SearchMany(ReadOnlySpan<float> queries, int k, CancellationToken cancellation = default)
    {
        if (queries.Length % Dimension != 0)
            throw new ArgumentException($"{queries.Length} values are no whole number of vectors of {Dimension} dimensions.", nameof(queries));
        var answers = new List<SearchHit>[queries.Length / Dimension];
        for (var q = 0; q < answers.Length; q++)
            answers[q] = [];
        foreach (var (vectors, rows, alive) in _segments)
        {
            var found = vectors.SearchMany(queries, k, alive, cancellation);
            for (var q = 0; q < answers.Length; q++)
                answers[q].AddRange(found[q].Select(hit => new SearchHit(rows?.IdOf(hit.Row) ?? new StickerId(hit.Row), hit.Score)));
        }

        foreach (var hits in answers)
            Order(hits, k);
        return answers;
    }

    /// <summary>The stickers that can be found, segment by segment in the order of their ids.</summary>
    /// <exception cref="InvalidOperationException">The snapshot has format 1, which does not say.</exception>
    public IEnumerable<StickerId> Ids()
    {
        foreach (var (_, rows, alive) in _segments)
        {
            if (rows is null)
                throw new InvalidOperationException("An index of format 1 does not say which stickers it holds. Build it again (stickers index build).");
            for (long row = 0; row < rows.Count; row++)
            {
                if (alive?[row] != false)
                    yield return rows.IdOf(row);
            }
        }
    }

    /// <summary>A filter that lets through the stickers given; those that are not here or deleted make no difference.</summary>
    public SegmentFilter CreateFilter(IEnumerable<StickerId> allowed)
    {
        ArgumentNullException.ThrowIfNull(allowed);
        if (_segments.Exists(segment => segment.Rows is null))
            return new SegmentFilter(this, [], [.. allowed]);
        var rows = _segments.ConvertAll(segment => new RowBitmap(segment.Vectors.Count));
        var near = new long[_segments.Count];
        foreach (var id in allowed)
        {
            for (var i = 0; i < _segments.Count; i++)
            {
                var (_, table, alive) = _segments[i];
                if (table!.RowOf(id, ref near[i]) is >= 0 and var row && alive?[row] != false)
                {
                    rows[i][row] = true;
                    break;
                }
            }
        }

        return new SegmentFilter(this, rows, null);
    }

    /// <summary>Copies the vector of a sticker; false when it is not here or deleted.</summary>
    public bool TryCopyVector(StickerId id, Span<float> vector)
    {
        var (segment, row) = Find(id);
        if (segment < 0)
            return false;
        if (_segments[segment].Vectors is Format1Segment old)
            return old.TryCopyVector(row, vector);
        _segments[segment].Vectors.CopyVector(row, vector);
        return true;
    }

    /// <summary>Frees all segments; calls in flight finish, later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        foreach (var (vectors, _, _) in _segments)
            vectors.Dispose();
        _documents?.Dispose();
    }

    private static void Order(List<SearchHit> hits, int k)
    {
        hits.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Id.Value.CompareTo(b.Id.Value));
        if (hits.Count > k)
            hits.RemoveRange(k, hits.Count - k);
    }

    private (int Segment, long Row) Find(StickerId id)
    {
        for (var i = 0; i < _segments.Count; i++)
        {
            var (_, rows, alive) = _segments[i];
            if (rows is null)
                return (i, id.Value);
            if (rows.RowOf(id) is >= 0 and var row && alive?[row] != false)
                return (i, row);
        }

        return (-1, -1);
    }

    private void Add(VectorSegment vectors, RowTable rows, RowBitmap? alive, string path)
    {
        if (vectors.Dimension != Dimension || vectors.Count != rows.Count || (alive is not null && alive.Length != rows.Count))
        {
            vectors.Dispose();
            throw new InvalidDataException($"{path} holds {vectors.Count} vectors of {vectors.Dimension} dimensions; expected {rows.Count} of {Dimension}.");
        }

        _segments.Add((vectors, rows, alive));
        Count += alive?.Count ?? rows.Count;
    }

    private static FaissIndex Load(string path)
    {
        try
        {
            return FaissIndex.Map(path);
        }
        catch (FaissException e)
        {
            throw new InvalidDataException($"{path} cannot be loaded: {e.Message}", e);
        }
    }
}
