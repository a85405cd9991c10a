using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>A result as it is shown: the best of its near-duplicates.</summary>
internal sealed record ArrangedHit(StickerId Id, float Score)
{
    public float[]? Look { get; init; }

    /// <summary>Its near-duplicates among the results, best first.</summary>
    public List<StickerId> Copies { get; } = [];
}

/// <summary>Makes a page of a ranking: near-duplicates as one, and not too much of the same pack or creator.</summary>
internal sealed class Arrangement(ServedPair pair, Probe probe, SimilarQuery query)
{
    /// <summary>Cosine in the visual space from which two stickers look the same to a person.</summary>
    public const float SameLook = 0.985f;

    /// <summary>Stickers of one pack or creator when results are varied.</summary>
    private const int MostOfAKind = 2;

    private readonly List<ArrangedHit> _shown = [];
    private readonly Dictionary<string, int> _kinds = new(StringComparer.Ordinal);
    private readonly ArrangedHit[] _excluded =
        [.. probe.Excluded.Select(id => new ArrangedHit(id, 0) { Look = query.Collapse ? pair.Visual.Snapshot.Vector(id) : null })];

    /// <summary>Near-duplicates of what was asked about.</summary>
    public IEnumerable<StickerId> CopiesOfTheProbe => _excluded.SelectMany(hit => hit.Copies);

    /// <summary>The results from first on, one more than the page holds if there are more.</summary>
    /// <param name="ranking">Where they come from.</param>
    /// <param name="first">Results that earlier pages showed.</param>
    public IReadOnlyList<ArrangedHit> Page(Ranking ranking, int first)
    {
        var wanted = first + query.Count + 1;
        var plain = !query.Collapse && query.Diversify is null;
        var depth = Math.Min(Snapshot.MaxNeighbours, wanted + probe.Excluded.Count + (plain ? 0 : (wanted / 2) + 10));
        while (true)
        {
            IReadOnlyList<SearchHit> hits;
            using (LookupTelemetry.Measure(Phase.Search))
                hits = ranking.Best(depth);
            using (LookupTelemetry.Measure(Phase.Rerank))
                Arrange(hits);
            if (_shown.Count >= wanted || hits.Count < depth || depth == Snapshot.MaxNeighbours)
                return _shown.Count > first ? _shown.GetRange(first, Math.Min(query.Count + 1, _shown.Count - first)) : [];
            depth = Math.Min(Snapshot.MaxNeighbours, depth * 3);
        }
    }

    private void Arrange(IReadOnlyList<SearchHit> hits)
    {
        _shown.Clear();
        _kinds.Clear();
        foreach (var excluded in _excluded)
            excluded.Copies.Clear();
        foreach (var hit in hits)
        {
            if (hit.Score < query.MinScore)
                return;
            if (!probe.Excluded.Contains(hit.Id))
                Show(hit);
        }
    }

    private void Show(SearchHit hit)
    {
        var arranged = new ArrangedHit(hit.Id, hit.Score) { Look = query.Collapse ? pair.Visual.Snapshot.Vector(hit.Id) : null };
        if (arranged.Look is { } look && (SameAs(look, _excluded) ?? SameAs(look, _shown)) is { } same)
        {
            same.Copies.Add(hit.Id);
            return;
        }

        if (query.Diversify is { } variety && pair.Find(hit.Id) is { } sticker)
        {
            var kind = variety == Variety.Pack ? sticker.Pack : sticker.Creator;
            _kinds[kind] = _kinds.GetValueOrDefault(kind) + 1;
            if (_kinds[kind] > MostOfAKind)
                return;
        }

        _shown.Add(arranged);
    }

    private static ArrangedHit? SameAs(float[] look, IReadOnlyList<ArrangedHit> others)
    {
        foreach (var other in others)
        {
            if (other.Look is not null && TensorPrimitives.Dot<float>(look, other.Look) >= SameLook)
                return other;
        }

        return null;
    }
}
