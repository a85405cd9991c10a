using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>Where a picture shows its tags: each part is hidden in turn, and what a tag's probability loses by it is that part's share (Zeiler and Fergus 2014).</summary>
internal static class HeatMap
{
    /// <summary>Parts on a side.</summary>
    public const int Side = 7;

    private const int MostTags = 3;

    /// <summary>The heat of the best suggested tags.</summary>
    /// <param name="model">The model.</param>
    /// <param name="picture">The picture, of an animation its first frame.</param>
    /// <param name="suggestions">What the model suggests, best first.</param>
    /// <param name="cancellation">Stops the work.</param>
    public static List<TagHeat> Of(StickerModel model, RasterImage picture, IReadOnlyList<SuggestedTag> suggestions, CancellationToken cancellation)
    {
        var tags = suggestions.Take(MostTags).Select(suggestion => suggestion.Tag).ToList();
        if (tags.Count == 0)
            return [];
        cancellation.ThrowIfCancellationRequested();
        var predictions = model.Predict([picture, .. Enumerable.Range(0, Side * Side).Select(part => Without(picture, part % Side, part / Side))]);
        return [.. tags.Select(tag =>
        {
            var place = IndexOf(model.Vocabulary, tag);
            var whole = predictions[0].Scores[place];
            var lost = predictions.Skip(1).Select(prediction => Math.Max(0, whole - prediction.Scores[place])).ToArray();
            var most = Math.Max(lost.Max(), 1e-6f);
            return new TagHeat(tag, Side, [.. lost.Select(loss => MathF.Round(loss / most, 3))]);
        })];
    }

    /// <summary>
    /// The picture with nothing around one part, twice as wide as the part. An opaque picture keeps its ground's colour there: a hole would be a sticker's outline to the network.
    /// </summary>
    private static RasterImage Without(RasterImage picture, int column, int row)
    {
        var rgba = picture.Rgba.ToArray();
        ReadOnlySpan<byte> ground = IsOpaque(picture) ? picture.Rgba.AsSpan(0, 4) : [0, 0, 0, 0];
        var (width, height) = (picture.Width / (float)Side, picture.Height / (float)Side);
        var (left, right) = (Bound((column - 0.5f) * width, picture.Width), Bound((column + 1.5f) * width, picture.Width));
        var (top, bottom) = (Bound((row - 0.5f) * height, picture.Height), Bound((row + 1.5f) * height, picture.Height));
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
                ground.CopyTo(rgba.AsSpan(((y * picture.Width) + x) * 4, 4));
        }

        return new RasterImage(picture.Width, picture.Height, rgba);
    }

    private static bool IsOpaque(RasterImage picture)
    {
        var (right, bottom) = (picture.Width - 1, (picture.Height - 1) * picture.Width);
        return new[] { 0, right, bottom, bottom + right }.All(pixel => picture.Rgba[(pixel * 4) + 3] == byte.MaxValue);
    }

    private static int Bound(float at, int length) => Math.Clamp((int)MathF.Round(at), 0, length);

    private static int IndexOf(IReadOnlyList<string> vocabulary, string tag)
    {
        for (var i = 0; i < vocabulary.Count; i++)
        {
            if (vocabulary[i] == tag)
                return i;
        }

        throw new ArgumentException($"The model does not know '{tag}'.", nameof(tag));
    }
}
