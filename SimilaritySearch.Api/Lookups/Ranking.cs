using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>The stickers nearest to a probe, best first, in one space or in both weighed against each other.</summary>
internal sealed class Ranking(ServedPair pair, Probe probe, float blend, CandidateSource candidates, StickerFilter filter, CancellationToken cancellation)
{
    private readonly PassingStickers? _visual = blend < 1 ? pair.Visual.Passing(filter) : null;
    private readonly PassingStickers? _semantic = blend > 0 ? pair.Semantic.Passing(filter) : null;

    /// <summary>Whether a search comes by its hits' visual vectors anyhow.</summary>
    public bool GivesLooks => blend == 0 && candidates == CandidateSource.Lists;

    /// <summary>The best n stickers, 1 to <see cref="Snapshot.MaxNeighbours"/>; fewer when there are no more.</summary>
    /// <param name="n">How many.</param>
    /// <param name="looks">Room for the visual vectors of all, which <see cref="GivesLooks"/> fills; empty for none.</param>
    public IReadOnlyList<SearchHit> Best(int n, Span<float> looks) => blend switch
    {
        0 => Nearest(pair.Visual, probe.Visual!, _visual, n, looks),
        1 => Nearest(pair.Semantic, probe.Semantic!, _semantic, n, default),
        _ => Blended(n),
    };

    /// <summary>
    /// Takes more and more of both spaces until nothing that was not seen can reach the best n (Fagin's threshold algorithm): exact whenever
    /// the searches in the spaces are, up to their largest number of results.
    /// </summary>
    private List<SearchHit> Blended(int n)
    {
        for (var depth = Math.Min(Snapshot.MaxNeighbours, (4 * n) + 50); ; depth = Math.Min(Snapshot.MaxNeighbours, depth * 3))
        {
            var visual = Nearest(pair.Visual, probe.Visual!, _visual, depth, default);
            var semantic = Nearest(pair.Semantic, probe.Semantic!, _semantic, depth, default);
            var hits = new List<SearchHit>(visual.Count + semantic.Count);
            foreach (var id in visual.Concat(semantic).Select(hit => hit.Id).ToHashSet())
            {
                if (Score(id) is { } score)
                    hits.Add(new SearchHit(id, score));
            }

            hits.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Id.Value.CompareTo(b.Id.Value));
            var all = visual.Count < depth && semantic.Count < depth;
            if (all || depth == Snapshot.MaxNeighbours || (hits.Count >= n && hits[n - 1].Score >= Unseen(visual, semantic)))
            {
                if (hits.Count > n)
                    hits.RemoveRange(n, hits.Count - n);
                return hits;
            }

            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>The best score that a sticker can have that neither list holds.</summary>
    private float Unseen(IReadOnlyList<SearchHit> visual, IReadOnlyList<SearchHit> semantic) =>
        ((1 - blend) * visual[^1].Score) + (blend * semantic[^1].Score);

    private float? Score(StickerId id) =>
        pair.Visual.Snapshot.Vector(id) is { } visual && pair.Semantic.Snapshot.Vector(id) is { } semantic
            ? ((1 - blend) * TensorPrimitives.Dot<float>(visual, probe.Visual)) + (blend * TensorPrimitives.Dot<float>(semantic, probe.Semantic))
            : null;

    private IReadOnlyList<SearchHit> Nearest(ServedSpace space, float[] query, PassingStickers? passing, int n, Span<float> vectors)
    {
        if (candidates != CandidateSource.Lists)
            return space.Snapshot.SearchAmong(query, n, new TagCandidates(probe.Tags, candidates == CandidateSource.Both), passing?.Filter, exclude: null, cancellation);
        var hits = vectors.IsEmpty
            ? space.Snapshot.Search(query, n, passing?.Filter, exclude: null, cancellation)
            : space.Snapshot.Search(query, n, vectors, passing?.Filter, cancellation);
        if (passing is null && n >= RecallProbe.Neighbours)
            pair.Probe?.Offer(pair, space.Space, query, hits);
        return hits;
    }
}
