using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Tagger;
using Stickers.Tagger.Backfilling;

namespace Stickers.Cli.Commands;

/// <summary>One image that a command was given: a file, or a sticker of a catalogue.</summary>
/// <param name="Name">What a person calls it: the path given, or the sticker's key.</param>
/// <param name="Id">The sticker, when it is one.</param>
/// <param name="Frames">What the network looks at, as for the stickers of a catalogue; null when it cannot be decoded.</param>
/// <param name="Error">Why it cannot.</param>
internal sealed record ImageInput(string Name, StickerId? Id, IReadOnlyList<AnimationFrame>? Frames, string? Error)
{
    /// <summary>Inputs whose frames fit one call of the network, even if all of them are animations.</summary>
    public const int MaxBatch = 256 / StickerFrames.Max;

    /// <summary>Reads and decodes a file.</summary>
    public static async Task<ImageInput> FromFileAsync(string path, CancellationToken cancellation)
    {
        try
        {
            // The decoder's own limit, asked before the bytes are in memory.
            var length = new FileInfo(path).Length;
            if (length > ImageLimits.Default.MaxBytes)
                return new(path, null, null, $"{path} has {length} bytes; at most {ImageLimits.Default.MaxBytes} are accepted.");
            return Decode(path, null, await File.ReadAllBytesAsync(path, cancellation));
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return new(path, null, null, exception.Message);
        }
    }

    /// <summary>Decodes a sticker's image.</summary>
    public static ImageInput FromSticker(Sticker sticker) => Decode(sticker.Key, sticker.Id, sticker.Image.Span);

    private static ImageInput Decode(string name, StickerId? id, ReadOnlySpan<byte> file)
    {
        try
        {
            return new(name, id, StickerFrames.Decode(file), null);
        }
        catch (ImageException exception)
        {
            return new(name, id, null, exception.Message);
        }
    }

    /// <summary>Predicts for several inputs that could be decoded, in their order.</summary>
    /// <param name="model">The model.</param>
    /// <param name="inputs">At most <see cref="MaxBatch"/>, all with frames.</param>
    public static IReadOnlyList<Prediction> Predict(StickerModel model, IReadOnlyList<ImageInput> inputs)
    {
        if (inputs.Count == 0) return [];
        var predictions = model.Predict([.. inputs.SelectMany(input => input.Frames!.Select(frame => frame.Image))]);
        var next = 0;
        return [.. inputs.Select(input => FramePool.Pool([.. input.Frames!.Select(_ => predictions[next++])], [.. input.Frames!.Select(frame => frame.Share)]))];
    }
}
