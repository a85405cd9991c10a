using System.Buffers;
using System.Numerics.Tensors;
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
    private readonly int _ofProbe;
    private float[] _looks;
    private int _count;

    public Arrangement(ServedPair pair, Probe probe, SimilarQuery query)
    {
        (_pair, _probe, _query, _d) = (pair, probe, query, pair.Visual.Snapshot.Manifest.Dimension);
        _looks = query.Collapse ? ArrayPool<float>.Shared.Rent((query.Count + probe.Excluded.Count + 1) * _d) : [];
        _excluded = [.. probe.Excluded.Select(id => new ArrangedHit(id, 0, Keep(id)))];
        _ofProbe = _count;
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
        var depth = Math.Min(Snapshot.MaxNeighbours, wanted + _probe.Excluded.Count + (plain ? 0 : (wanted / 4) + 4));
        while (true)
        {
            IReadOnlyList<SearchHit> hits;
            using (LookupTelemetry.Measure(Phase.Search))
                hits = ranking.Best(depth);
            using (LookupTelemetry.Measure(Phase.Rerank))
                Arrange(hits);
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

    private void Arrange(IReadOnlyList<SearchHit> hits)
    {
        _shown.Clear();
        _kinds.Clear();
        _count = _ofProbe;
        foreach (var excluded in _excluded)
            excluded.Clear();
        foreach (var hit in hits)
        {
            if (hit.Score < _query.MinScore)
                return;
            if (!_probe.Excluded.Contains(hit.Id))
                Show(hit);
        }
    }

    private void Show(SearchHit hit)
    {
        var look = Keep(hit.Id);
        if (look >= 0 && (SameAs(look, _excluded) ?? SameAs(look, _shown)) is { } same)
        {
            _count--;
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

    /// <summary>Reads a sticker's visual vector; where it stands then, or -1 when near-duplicates do not matter or there is none.</summary>
    private int Keep(StickerId id)
    {
        if (!_query.Collapse)
            return -1;
        if ((_count + 1) * _d > _looks.Length)
        {
            var larger = ArrayPool<float>.Shared.Rent(_looks.Length * 2);
            _looks.AsSpan(0, _count * _d).CopyTo(larger);
            ArrayPool<float>.Shared.Return(_looks);
            _looks = larger;
        }

        return _pair.Visual.Snapshot.TryCopyVector(id, Vector(_count)) ? _count++ : -1;
    }

    private ArrangedHit? SameAs(int look, IReadOnlyList<ArrangedHit> others)
    {
        for (var i = 0; i < others.Count; i++)
        {
            if (others[i].Look >= 0 && TensorPrimitives.Dot<float>(Vector(look), Vector(others[i].Look)) >= SameLook)
                return others[i];
        }

        return null;
    }

    private Span<float> Vector(int look) => _looks.AsSpan(look * _d, _d);
}
