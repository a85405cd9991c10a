using System.Runtime.InteropServices;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Coded;

public sealed unsafe partial class CodedIndex
{
    /// <summary>The nearest rows that were found, best first, equally near ones by number.</summary>
    /// <param name="query">d finite values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="nProbe">Lists to visit, 1 or more.</param>
    /// <param name="candidates">Rows to compare as float32, k or more.</param>
    /// <param name="allowed">Rows that may be found; null for all.</param>
    /// <param name="cancellation">Stops the search between lists.</param>
    /// <exception cref="ArgumentException">The query is not of d finite values, or the set is of another number of rows.</exception>
    public IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, int nProbe, int candidates, RowBitmap? allowed = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nProbe, 1);
        return SearchAmong(query, k, [], nProbe, candidates, allowed, cancellation);
    }

    /// <summary>As <see cref="Search"/>, among rows that are named, beside lists or instead of them.</summary>
    /// <param name="query">d finite values.</param>
    /// <param name="k">1 or more.</param>
    /// <param name="rows">Rows, each once.</param>
    /// <param name="nProbe">Lists to visit too; 0 for none.</param>
    /// <param name="candidates">Rows to compare as float32, k or more.</param>
    /// <param name="allowed">Rows that may be found; null for all.</param>
    /// <param name="cancellation">Stops the search between lists.</param>
    /// <exception cref="ArgumentException">The query is not of d finite values, the set is of another number of rows, or a row does not exist.</exception>
    public IReadOnlyList<RowHit> SearchAmong(
        ReadOnlySpan<float> query, int k, ReadOnlySpan<uint> rows, int nProbe, int candidates, RowBitmap? allowed = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(nProbe);
        ArgumentOutOfRangeException.ThrowIfLessThan(candidates, k);
        if (allowed is not null && allowed.Length != Count)
            throw new ArgumentException($"The set is of {allowed.Length} rows, the index has {Count}.", nameof(allowed));
        if (query.Length != Dimension)
            throw new ArgumentException($"The query has {query.Length} dimensions, the index {Dimension}.", nameof(query));
        var lists = nProbe == 0 ? [] : _centres.Search(query, Math.Min(nProbe, Lists), null, cancellation).Select(hit => (int)hit.Row).ToArray();
        var held = false;
        _view.DangerousAddRef(ref held);
        try
        {
            var places = PlacesOf(rows, lists);
            var (distances, within) = Distances(query, lists, places, candidates, allowed, cancellation);
            return Nearest(query, k, lists, places, distances, within);
        }
        finally
        {
            _view.DangerousRelease();
        }
    }

    /// <summary>Where rows stand, without those that stand in the lists.</summary>
    private uint[] PlacesOf(ReadOnlySpan<uint> rows, int[] lists)
    {
        if (rows.IsEmpty)
            return [];
        var visited = lists.Order().ToArray();
        var all = (uint*)(Start + _layout.PlacesOffset);
        var (places, count) = (new uint[rows.Length], 0);
        foreach (var row in rows)
        {
            if (row >= Count)
                throw new ArgumentException($"There is no row {row}, the index has {Count}.", nameof(rows));
            if (visited.Length == 0 || Array.BinarySearch(visited, ListOf(all[row])) < 0)
                places[count++] = all[row];
        }

        return places[..count];
    }

    /// <summary>The list that a place is in.</summary>
    private int ListOf(uint place)
    {
        var at = Array.BinarySearch(_starts, place);
        if (at < 0)
            return ~at - 1;
        // Empty lists begin where the next one does: the last of them has the place.
        while (at + 1 < Lists && _starts[at + 1] == place) at++;
        return at;
    }

    /// <summary>In how many bits the code at each place differs, lists first; those that are not allowed in as many as can be. And how many may differ for candidates enough.</summary>
    private (ushort[] Distances, int Within) Distances(ReadOnlySpan<float> query, int[] lists, uint[] places, int candidates, RowBitmap? allowed, CancellationToken cancellation)
    {
        Span<ulong> code = stackalloc ulong[_layout.Words];
        _codes.Encode(query, MemoryMarshal.AsBytes(code));
        var codes = (ulong*)(Start + _layout.CodesOffset);
        var rows = (uint*)(Start + _layout.RowsOffset);
        var distances = new ushort[lists.Sum(list => _starts[list + 1] - _starts[list]) + places.Length];
        var histogram = new long[_layout.Bits + 1];
        long at = 0;
        fixed (ulong* words = code)
        fixed (ushort* all = distances)
        {
            foreach (var list in lists)
            {
                cancellation.ThrowIfCancellationRequested();
                var count = (int)(_starts[list + 1] - _starts[list]);
                HammingScan.Distances(codes + (_starts[list] * code.Length), count, words, code.Length, all + at);
                for (var i = 0; i < count; i++)
                    Count(rows[_starts[list] + i], ref all[at + i]);
                at += count;
            }

            cancellation.ThrowIfCancellationRequested();
            foreach (var place in places)
            {
                HammingScan.Distances(codes + ((long)place * code.Length), 1, words, code.Length, all + at);
                Count(rows[place], ref all[at++]);
            }
        }

        var (within, enough) = (-1, 0L);
        while (within < _layout.Bits && enough < candidates)
            enough += histogram[++within];
        return (distances, within);

        void Count(uint row, ref ushort distance)
        {
            if (allowed is null || allowed[row])
                histogram[distance]++;
            else
                distance = ushort.MaxValue;
        }
    }

    private List<RowHit> Nearest(ReadOnlySpan<float> query, int k, int[] lists, uint[] places, ushort[] distances, int within)
    {
        var rows = (uint*)(Start + _layout.RowsOffset);
        var best = new PriorityQueue<RowHit, RowHit>(Comparer<RowHit>.Create((a, b) => RowHit.Compare(b, a)));
        long at = 0;
        foreach (var list in lists)
        {
            for (var place = _starts[list]; place < _starts[list + 1]; place++, at++)
            {
                if (distances[at] <= within)
                    Take(query, place);
            }
        }

        foreach (var place in places)
        {
            if (distances[at++] <= within)
                Take(query, place);
        }

        var hits = best.UnorderedItems.Select(item => item.Element).ToList();
        hits.Sort(RowHit.Compare);
        return hits;

        void Take(ReadOnlySpan<float> vector, long place)
        {
            var hit = new RowHit(rows[place], ExactDot.Product(vector, VectorAt(place)));
            if (best.Count < k)
                best.Enqueue(hit, hit);
            else
                best.EnqueueDequeue(hit, hit);
        }
    }
}
