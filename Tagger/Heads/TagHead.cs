using System.Numerics.Tensors;
using Stickers.Catalogue;

namespace Stickers.Tagger.Heads;

/// <summary>A tag that was added to a model without training it anew: a linear head over both embeddings.</summary>
public sealed record TagHead
{
    internal const int CurrentVersion = 1;
    private const int MostForThresholds = 40;
    private const double Penalty = 1e-3;

    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Canonical tag.</summary>
    public required string Tag { get; init; }

    /// <summary>Content hash of the model whose embeddings it reads.</summary>
    public required string ModelHash { get; init; }

    /// <summary>The stickers that were given as examples.</summary>
    public required IReadOnlyList<StickerId> Examples { get; init; }

    /// <summary>One number for each of the visual, then the semantic dimensions, then the offset.</summary>
    public required IReadOnlyList<double> Weights { get; init; }

    /// <summary>Vectors of the examples, for what is near them.</summary>
    public required IReadOnlyList<float[]> Near { get; init; }

    /// <summary>Least cosine to the nearest example of a sticker that is looked at.</summary>
    public required double Radius { get; init; }

    /// <summary>Probability from which a suggestion is accepted.</summary>
    public required float Accept { get; init; }

    /// <summary>Probability from which it is shown for review.</summary>
    public required float Review { get; init; }

    /// <summary>Examples that the head accepts when it is fitted without them.</summary>
    public required int Recovered { get; init; }

    /// <summary>Both vectors of a sticker as one unit vector.</summary>
    internal static float[] Join(ReadOnlySpan<float> visual, ReadOnlySpan<float> semantic)
    {
        float[] both = [.. visual, .. semantic];
        TensorPrimitives.Divide(both, TensorPrimitives.Norm(both), both);
        return both;
    }

    /// <summary>Fits a head.</summary>
    /// <param name="tag">Canonical tag.</param>
    /// <param name="modelHash">Content hash of the model.</param>
    /// <param name="examples">At least 3: stickers and their joined vectors.</param>
    /// <param name="background">Some hundred other stickers' joined vectors; few of them should deserve the tag.</param>
    internal static TagHead Fit(string tag, string modelHash, IReadOnlyList<(StickerId Id, float[] Vector)> examples, IReadOnlyList<float[]> background)
    {
        float[][] positives = [.. examples.Select(example => example.Vector)];
        var weights = LogisticFit.Fit(positives, background, Penalty);

        // What an example scores that the head has not seen, and what others score that it has not seen.
        var left = positives.Take(MostForThresholds).Select((vector, i) => LogisticFit.Probability(LogisticFit.Fit([.. positives.Where((_, other) => other != i)], background, Penalty), vector)).ToArray();
        var (even, odd) = (background.Where((_, i) => i % 2 == 0).ToArray(), background.Where((_, i) => i % 2 == 1).ToArray());
        var half = LogisticFit.Fit(positives, even, Penalty);
        var strangest = odd.Select(vector => LogisticFit.Probability(half, vector)).OrderDescending().Skip(odd.Length / 200).First();
        var accept = Math.Clamp(Math.Max(0.5, strangest), 0.5, 0.99);

        var nearest = positives.Select((vector, i) => positives.Where((_, other) => other != i).Max(other => (double)TensorPrimitives.Dot(vector, other))).Order().ToArray();
        return new TagHead
        {
            FormatVersion = CurrentVersion,
            Tag = tag,
            ModelHash = modelHash,
            Examples = [.. examples.Select(example => example.Id)],
            Weights = weights,
            Near = positives,
            Radius = Math.Max(0, nearest[nearest.Length / 10] - 0.1),
            Accept = (float)accept,
            Review = (float)(accept * 0.8),
            Recovered = left.Count(probability => probability >= accept),
        };
    }

    /// <summary>The suggestion for a sticker, or null when it is not near any example or scores too low.</summary>
    internal Suggestion? Suggest(StickerId id, ReadOnlySpan<float> visual, ReadOnlySpan<float> semantic)
    {
        var vector = Join(visual, semantic);
        if (!Near.Any(example => TensorPrimitives.Dot(example, vector) >= Radius)) return null;
        var probability = (float)LogisticFit.Probability([.. Weights], vector);
        return probability >= Accept ? new Suggestion(id, Tag, probability, SuggestionDecision.Accept)
            : probability >= Review ? new Suggestion(id, Tag, probability, SuggestionDecision.Review)
            : null;
    }
}
