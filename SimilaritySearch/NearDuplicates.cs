using System.Numerics.Tensors;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>A result that stands for its near-duplicates.</summary>
/// <param name="Hit">The best of them.</param>
/// <param name="Copies">The others, best first.</param>
public sealed record CollapsedHit(SearchHit Hit, IReadOnlyList<StickerId> Copies);

/// <summary>Shows stickers that look the same to a person as one result.</summary>
/// <param name="visual">Where vectors of what stickers look like are, whatever space is searched.</param>
public sealed class NearDuplicates(Snapshot visual)
{
    /// <summary>
    /// Cosine in the visual space from which two stickers look the same to a person: of the pairs of a real catalogue that reach it, 97 in 100 were judged to be one drawing (bench/README.md,
    /// look-alikes). What is shown as one hides the others, so it is stricter than the 0.95 by which duplicates are looked for.
    /// </summary>
    public const float SameLook = 0.985f;

    /// <summary>The best k results, near-duplicates as one; fewer when there are no more.</summary>
    /// <param name="k">1 or more.</param>
    /// <param name="query">What was asked about, which its copies are no answer to; null for what is no sticker.</param>
    /// <param name="search">The best n stickers, best first, without the query.</param>
    public IReadOnlyList<CollapsedHit> Collapse(int k, StickerId? query, Func<int, IReadOnlyList<SearchHit>> search)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentNullException.ThrowIfNull(search);
        var asked = query is { } id ? visual.Vector(id) : null;
        for (var depth = Math.Min(Snapshot.MaxNeighbours, k + (k / 2) + 10); ; depth = Math.Min(Snapshot.MaxNeighbours, depth * 3))
        {
            var hits = search(depth);
            var shown = Collapse(hits, asked);
            if (shown.Count >= k || hits.Count < depth || depth == Snapshot.MaxNeighbours)
                return [.. shown.Take(k).Select(group => new CollapsedHit(group.Hit, group.Copies))];
        }
    }

    private List<(SearchHit Hit, float[]? Look, List<StickerId> Copies)> Collapse(IReadOnlyList<SearchHit> hits, float[]? asked)
    {
        var shown = new List<(SearchHit Hit, float[]? Look, List<StickerId> Copies)>();
        foreach (var hit in hits)
        {
            var look = visual.Vector(hit.Id);
            if (AreAlike(look, asked))
                continue;
            var same = shown.FindIndex(other => AreAlike(look, other.Look));
            if (same < 0)
                shown.Add((hit, look, []));
            else
                shown[same].Copies.Add(hit.Id);
        }

        return shown;
    }

    private static bool AreAlike(float[]? one, float[]? other) => one is not null && other is not null && TensorPrimitives.Dot<float>(one, other) >= SameLook;
}
