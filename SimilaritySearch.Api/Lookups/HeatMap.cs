using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>Where a picture shows its tags.</summary>
internal static class HeatMap
{
    /// <summary>Parts on a side.</summary>
    public const int Side = 7;

    private const int MostTags = 3;

    /// <summary>The heat of the best suggested tags.</summary>
    /// <param name="model">The model.</param>
    /// <param name="picture">The picture, of an animation its first frame.</param>
    /// <param name="suggestions">What the model suggests, best first.</param>
    /// <param name="cancellation">Stops before the work.</param>
    public static List<TagHeat> Of(StickerModel model, RasterImage picture, IReadOnlyList<SuggestedTag> suggestions, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        string[] tags = [.. suggestions.Take(MostTags).Select(suggestion => suggestion.Tag)];
        return tags.Length == 0 ? [] : [.. tags.Zip(model.Heat(picture, tags, Side), (tag, heat) => new TagHeat(tag, Side, [.. heat.Select(value => MathF.Round(value, 3))]))];
    }
}
