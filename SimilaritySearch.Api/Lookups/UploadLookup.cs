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
    /// <summary>As stickers are embedded: an animation by several frames.</summary>
    /// <exception cref="ImageException">It cannot be decoded.</exception>
    public static Prediction Predict(ServedPair pair, ReadOnlyMemory<byte> image, CancellationToken cancellation)
    {
        var frames = StickerFrames.Decode(image.Span);
        cancellation.ThrowIfCancellationRequested();
        return FramePool.Pool(pair.Model.Predict(frames));
    }

    /// <summary>The tags worth suggesting for it.</summary>
    /// <exception cref="ImageException">It cannot be decoded.</exception>
    public static SuggestionAnswer Tags(ServedPair pair, ReadOnlyMemory<byte> image, CancellationToken cancellation)
    {
        var suggestions = pair.Model.Suggest(Predict(pair, image, cancellation).Scores)
            .Select(s => new SuggestedTag(s.Tag, s.Score, s.Decision == SuggestionDecision.Accept ? "accept" : "review"))
            .ToList();
        return new SuggestionAnswer(suggestions, pair.Model.Version);
    }
}
