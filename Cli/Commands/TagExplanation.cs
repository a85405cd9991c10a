using Stickers.Storage;
using Stickers.Tagger;
using Stickers.Tagger.Explaining;

namespace Stickers.Cli.Commands;

/// <summary>Why a picture gets its tags.</summary>
/// <param name="Heat">For the best tags, <see cref="Side"/> x <see cref="Side"/> values, 0 to 1: which parts of the picture, of an animation its first frame, speak for the tag.</param>
/// <param name="Examples">The nearest labelled stickers; null where no catalogue was named.</param>
internal sealed record TagExplanation(IReadOnlyList<(string Tag, float[] Values)> Heat, IReadOnlyList<LabelledExample>? Examples)
{
    /// <summary>Parts on a side of the picture.</summary>
    public const int Side = 10;

    private const int MostTags = 3;
    private const int MostExamples = 5;

    /// <summary>Explains several pictures that could be read, in their order.</summary>
    public static async Task<IReadOnlyList<TagExplanation>> OfAsync(ObjectStore store, StickerModel model, string? catalogue, IReadOnlyList<ImageInput> inputs, IReadOnlyList<Prediction> predictions, CancellationToken cancellation)
    {
        var examples = catalogue is null || inputs.Count == 0 ? null
            : await LabelledExamples.NearestAsync(store, model, catalogue, [.. inputs.Zip(predictions, (input, prediction) => (input.Id, prediction.Semantic))], MostExamples, cancellation);
        return [.. inputs.Select((input, i) =>
        {
            string[] tags = [.. model.Suggest(predictions[i].Scores).Take(MostTags).Select(suggestion => suggestion.Tag)];
            return new TagExplanation([.. tags.Zip(model.Heat(input.Frames![0].Image, tags, Side))], examples?[i]);
        })];
    }

    /// <summary>The maps side by side in characters, two for each part.</summary>
    public IEnumerable<string> Drawn()
    {
        const string Shades = " ░▒▓█";
        const string Gap = "   ";
        if (Heat.Count == 0) yield break;
        yield return string.Join(Gap, Heat.Select(map => Fit(map.Tag)));
        for (var row = 0; row < Side; row++)
            yield return string.Join(Gap, Heat.Select(map => string.Concat(map.Values.Skip(row * Side).Take(Side).Select(value => new string(Shades[(int)MathF.Ceiling(value * (Shades.Length - 1))], 2)))));

        static string Fit(string text) => text.Length > 2 * Side ? $"{text[..((2 * Side) - 1)]}…" : text.PadRight(2 * Side);
    }
}
