using System.Buffers;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>A result as it is shown: the best of its near-duplicates.</summary>
internal sealed class ArrangedHit(StickerId id, float score, int look = -1)
{
    private List<StickerId>? _copies;

    public StickerId Id => id;

    public float Score => score;

    /// <summary>Where its visual vector stands among those that were read; negative when it has none.</summary>
    public int Look => look;

    /// <summary>Its near-duplicates among the results, best first.</summary>
    public IReadOnlyList<StickerId> Copies => _copies ?? (IReadOnlyList<StickerId>)[];

    public void Add(StickerId copy) => (_copies ??= []).Add(copy);

    public void Clear() => _copies = null;
}

/// <summary>Makes a page of a ranking: near-duplicates as one, and not too much of the same pack or creator.</summary>
internal sealed class Arrangement : IDisposable
{
    /// <summary>Cosine in the visual space from which two stickers look the same to a person.</summary>
    public const float SameLook = NearDuplicates.SameLook;

    /// <summary>Stickers of one pack or creator when results are varied.</summary>
    private const int MostOfAKind = 2;

    private readonly ServedPair _pair;
    private readonly Probe _probe;
    private readonly SimilarQuery _query;
    private readonly List<ArrangedHit> _shown = [];
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly ArrangedHit[] _excluded;
    private readonly int _d;

    /// <summary>Visual vectors where near-duplicates matter: first of what was asked about, then of the hits in their order.</summary>
    private float[] _looks;

    public Arrangement(ServedPair pair, Probe probe, SimilarQuery query)
    {
        (_pair, _probe, _query, _d) = (pair, probe, query, pair.Visual.Snapshot.Manifest.Dimension);
        _looks = query.Collapse ? ArrayPool<float>.Shared.Rent((probe.Excluded.Length + (2 * query.Count)) * _d) : [];
        _excluded = new ArrangedHit[probe.Excluded.Length];
        for (var i = 0; i < _excluded.Length; i++)
            _excluded[i] = new ArrangedHit(probe.Excluded[i], 0, query.Collapse && Copy(probe.Excluded[i], i) ? i : -1);
    }

    /// <summary>Near-duplicates of what was asked about.</summary>
    public IEnumerable<StickerId> CopiesOfTheProbe => _excluded.SelectMany(hit => hit.Copies);

    /// <summary>The results from first on, one more than the page holds if there are more.</summary>
    /// <param name="ranking">Where they come from.</param>
    /// <param name="first">Results that earlier pages showed.</param>
    public List<ArrangedHit> Page(Ranking ranking, int first)
    {
        var wanted = first + _query.Count + 1;
        var plain = !_query.Collapse && _query.Diversify is null;
        var depth = Math.Min(Snapshot.MaxNeighbours, wanted + _probe.Excluded.Length + (plain ? 0 : (wanted / 4) + 4));
        while (true)
        {
            IReadOnlyList<SearchHit> hits;
            using (LookupTelemetry.Measure(Phase.Search))
                hits = ranking.Best(depth, RoomFor(depth));
            using (LookupTelemetry.Measure(Phase.Rerank))
                Arrange(hits, ranking.GivesLooks);
            if (_shown.Count >= wanted || hits.Count < depth || depth == Snapshot.MaxNeighbours)
                return _shown.Count > first ? _shown.GetRange(first, Math.Min(_query.Count + 1, _shown.Count - first)) : [];
            depth = Math.Min(Snapshot.MaxNeighbours, depth * 3);
        }
    }

    public void Dispose()
    {
        if (_looks.Length > 0)
            ArrayPool<float>.Shared.Return(_looks);
        _looks = [];
    }

    /// <summary>Room for the visual vectors of so many hits; none where near-duplicates do not matter.</summary>
    private Span<float> RoomFor(int hits)
    {
        if (!_query.Collapse)
            return default;
        var needed = (_excluded.Length + hits) * _d;
        if (needed > _looks.Length)
        {
            var larger = ArrayPool<float>.Shared.Rent(needed);
            _looks.AsSpan(0, _excluded.Length * _d).CopyTo(larger);
            ArrayPool<float>.Shared.Return(_looks);
            _looks = larger;
        }

        return _looks.AsSpan(_excluded.Length * _d, hits * _d);
    }

    private void Arrange(IReadOnlyList<SearchHit> hits, bool looksAreThere)
    {
        _shown.Clear();
        _kinds.Clear();
        foreach (var excluded in _excluded)
            excluded.Clear();
        for (var i = 0; i < hits.Count; i++)
        {
            if (hits[i].Score < _query.MinScore)
                return;
            if (_probe.Excluded.AsSpan().Contains(hits[i].Id))
                continue;
            var look = _excluded.Length + i;
            Show(hits[i], _query.Collapse && (looksAreThere || Copy(hits[i].Id, look)) ? look : -1);
        }
    }

    private void Show(SearchHit hit, int look)
    {
        if (look >= 0 && (SameAs(look, _excluded) ?? SameAs(look, CollectionsMarshal.AsSpan(_shown))) is { } same)
        {
            same.Add(hit.Id);
            return;
        }

        if (_query.Diversify is { } variety && _pair.Find(hit.Id) is { } sticker)
        {
            var kind = variety == Variety.Pack ? sticker.Pack : sticker.Creator;
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            if (_kinds[kind] > MostOfAKind)
                return;
        }

        _shown.Add(new ArrangedHit(hit.Id, hit.Score, look));
    }

    private ArrangedHit? SameAs(int look, ReadOnlySpan<ArrangedHit> others)
    {
        ReadOnlySpan<float> one = Vector(look);
        foreach (var hit in others)
        {
            if (hit.Look < 0)
                continue;
            ReadOnlySpan<float> other = Vector(hit.Look);
            if (MayLookTheSame(one, other) && TensorPrimitives.Dot(one, other) >= SameLook)
                return hit;
        }

        return null;
    }

    /// <summary>
    /// Whether the distance over the first numbers alone leaves it open. Nearly all pairs are told apart by it, at a quarter of the work: vectors of length 1 with a cosine of 0.985 are
    /// no farther apart than the square root of 0.03; twice as much is allowed, because rounded ones are a little longer.
    /// </summary>
    private static bool MayLookTheSame(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        const int first = 32;
        const float farthest = 2 * 2 * (1 - SameLook);
        if (one.Length < first)
            return true;
        ref var a = ref MemoryMarshal.GetReference(one);
        ref var b = ref MemoryMarshal.GetReference(other);
        var low = Vector512.LoadUnsafe(ref a) - Vector512.LoadUnsafe(ref b);
        var high = Vector512.LoadUnsafe(ref a, first / 2) - Vector512.LoadUnsafe(ref b, first / 2);
        return !(Vector512.Sum((low * low) + (high * high)) > farthest);
    }

    /// <summary>Reads a sticker's visual vector; false when it has none.</summary>
    private bool Copy(StickerId id, int look) => _pair.Visual.Snapshot.TryCopyVector(id, Vector(look));

    private Span<float> Vector(int look) => _looks.AsSpan(look * _d, _d);
}
