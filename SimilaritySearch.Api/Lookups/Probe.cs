using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What is searched for: a unit vector in each space, and stickers that are not to be found.</summary>
/// <param name="Visual">Null when it has none.</param>
/// <param name="Semantic">Null when it has none.</param>
/// <param name="Excluded">Left out of the answer, with their near-duplicates.</param>
/// <param name="Name">Tells it from others, for cursors.</param>
internal sealed record Probe(float[]? Visual, float[]? Semantic, StickerId[] Excluded, string Name)
{
    /// <summary>How much what is unwanted pushes away, as in Rocchio's relevance feedback.</summary>
    private const float Repulsion = 0.5f;

    /// <summary>What it is tagged with: candidates may be found by these.</summary>
    public IReadOnlyList<string> Tags { get; init; } = [];

    public float[]? this[EmbeddingSpace space] => space == EmbeddingSpace.Visual ? Visual : Semantic;

    public static Probe Of(ServedPair pair, Prediction prediction, string name) => new(prediction.Visual, prediction.Semantic, [], name)
    {
        Tags = [.. pair.Model.Suggest(prediction.Scores).Where(suggestion => suggestion.Decision == SuggestionDecision.Accept).Select(suggestion => suggestion.Tag)],
    };

    /// <summary>
    /// The mean direction of the wanted stickers, less half that of the unwanted ones. A space that lacks one of them, or in which they cancel each other, has no vector;
    /// one that the query does not ask for is not looked at, nor are tags.
    /// </summary>
    public static Probe Of(ServedPair pair, IReadOnlyList<StickerId> wanted, IReadOnlyList<StickerId> unwanted, SimilarQuery query) => new(
        query.Blend < 1 || query.Explain ? Direction(pair.Visual, wanted, unwanted) : null,
        query.Blend > 0 || query.Explain ? Direction(pair.Semantic, wanted, unwanted) : null,
        [.. wanted, .. unwanted],
        $"{string.Join('+', wanted)}-{string.Join('-', unwanted)}")
    {
        Tags = query.Candidates == CandidateSource.Lists ? [] : [.. wanted.SelectMany(id => pair.Find(id)?.CountedTags ?? []).Distinct(StringComparer.Ordinal)],
    };

    private static float[]? Direction(ServedSpace space, IReadOnlyList<StickerId> wanted, IReadOnlyList<StickerId> unwanted)
    {
        if (wanted.Count == 1 && unwanted.Count == 0)
            return space.Snapshot.Vector(wanted[0]);
        var sum = new float[space.Snapshot.Manifest.Dimension];
        if (!AddAll(wanted, 1f / wanted.Count) || !AddAll(unwanted, -Repulsion / Math.Max(1, unwanted.Count)))
            return null;
        var norm = TensorPrimitives.Norm<float>(sum);
        if (norm < 1e-4f)
            return null;
        TensorPrimitives.Divide(sum, norm, sum);
        return sum;

        bool AddAll(IReadOnlyList<StickerId> ids, float weight)
        {
            foreach (var id in ids)
            {
                if (space.Snapshot.Vector(id) is not { } vector)
                    return false;
                TensorPrimitives.MultiplyAdd(vector, weight, sum, sum);
            }

            return true;
        }
    }
}
