using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.Tagger;
using Stickers.Tagger.Backfilling;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What the model says of an uploaded image.</summary>
internal static class UploadLookup
{
    private const int MostExamples = 8;

    /// <summary>An import may draw for ten seconds; nobody waits so long for an answer.</summary>
    private static readonly ImageLimits Limits = ImageLimits.Default with { MaxDrawingSeconds = 1 };

    /// <summary>As stickers are embedded: an animation by several frames.</summary>
    /// <exception cref="ImageException">It cannot be decoded.</exception>
    public static Prediction Predict(ServedPair pair, ReadOnlyMemory<byte> image, CancellationToken cancellation) => Look(pair, image, cancellation).Prediction;

    private static (Prediction Prediction, RasterImage First) Look(ServedPair pair, ReadOnlyMemory<byte> image, CancellationToken cancellation)
    {
        IReadOnlyList<AnimationFrame> frames;
        using (LookupTelemetry.Measure(Phase.Decode))
            frames = StickerFrames.Decode(image.Span, Limits);
        cancellation.ThrowIfCancellationRequested();
        using var embed = LookupTelemetry.Measure(Phase.Embed);
        return (FramePool.Pool(pair.Model.Predict([.. frames.Select(frame => frame.Image)]), [.. frames.Select(frame => frame.Share)]), frames[0].Image);
    }

    /// <summary>The tags worth suggesting for it.</summary>
    /// <exception cref="ImageException">It cannot be decoded.</exception>
    public static SuggestionAnswer Tags(ServedPair pair, ReadOnlyMemory<byte> image, Audience audience, bool explain, CancellationToken cancellation)
    {
        var (prediction, picture) = Look(pair, image, cancellation);
        var suggestions = pair.Model.Suggest(prediction.Scores)
            .Where(s => pair.Vocabulary.IsAllowedIn(s.Tag, audience.Country))
            .Select(s => new SuggestedTag(s.Tag, s.Score, s.Decision == SuggestionDecision.Accept ? "accept" : "review"))
            .ToList();
        return new SuggestionAnswer(
            suggestions,
            audience.NamesOf(suggestions.Select(s => s.Tag), pair.Vocabulary),
            explain ? HeatMap.Of(pair.Model, picture, suggestions, cancellation) : null,
            explain ? Examples(pair, prediction, audience, cancellation) : null,
            pair.Model.Version);
    }

    /// <summary>What creators called pictures that mean nearly the same: what the model's opinion rests on.</summary>
    private static List<Neighbour> Examples(ServedPair pair, Prediction prediction, Audience audience, CancellationToken cancellation)
    {
        var query = new SimilarQuery { Blend = 1, Count = SimilarQuery.MaxCount, Audience = audience };
        var examples = new List<Neighbour>(MostExamples);
        foreach (var hit in SimilarLookup.Find(pair, Probe.Of(pair, prediction, ""), query, cancellation).Hits)
        {
            if (examples.Count < MostExamples && pair.Find(hit.Id) is { Tags.Count: > 0 } sticker)
                examples.Add(new Neighbour(pair.Show(sticker, audience), hit.Score, hit.Copies.Count == 0 ? null : [.. hit.Copies.Select(copy => copy.ToString())]));
        }

        return examples;
    }
}
