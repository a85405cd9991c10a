using MemoryPack;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Pipeline.Sinks;
using Stickers.Pipeline.Sources;

namespace Stickers.Samples;

/// <summary>The mean colour of every sticker of a catalogue. Pictures that cannot be decoded go to quarantine.</summary>
public sealed class StickerColours : Job<Sticker, Picture, Colour, Colour>
{
    /// <summary>Name of the catalogue.</summary>
    public string Catalogue { get; set; } = "demo";

    /// <summary>Longest side in pixels that pictures are shrunk to.</summary>
    public int Side { get; set; } = 64;

    public override Source<Sticker> Source => new StickerSource(Catalogue);

    public override Sink<Colour> Sink => new JsonLineSink<Colour>();

    public override IAsyncEnumerable<Picture> Preprocess(IAsyncEnumerable<Sticker> stickers, ShardContext context) =>
        context.Each(stickers, sticker => sticker.Key, Decode);

    public override IAsyncEnumerable<Colour> Main(IAsyncEnumerable<Picture> pictures, ShardContext context) => pictures.Select(Mean);

    public override IAsyncEnumerable<Colour> Postprocess(IAsyncEnumerable<Colour> colours, ShardContext context) => colours;

    private Picture Decode(Sticker sticker)
    {
        try
        {
            return new Picture(sticker.Key, ImageDecoder.Decode(sticker.Image.Span, Side).Rgba);
        }
        catch (ImageException bad)
        {
            throw new BadItemException(bad.Fault.ToString(), bad.Message, bad);
        }
    }

    private static Colour Mean(Picture picture)
    {
        var (sums, weight) = (new long[3], 0L);
        for (var at = 0; at < picture.Rgba.Length; at += 4)
        {
            var alpha = picture.Rgba[at + 3];
            for (var plane = 0; plane < 3; plane++) sums[plane] += picture.Rgba[at + plane] * alpha;
            weight += alpha;
        }

        var mean = Array.ConvertAll(sums, sum => (int)(sum / Math.Max(1, weight)));
        return new Colour(picture.Key, $"#{mean[0]:x2}{mean[1]:x2}{mean[2]:x2}");
    }
}

/// <summary>What crosses from preprocess to main.</summary>
/// <param name="Key">The sticker's key.</param>
/// <param name="Rgba">Its pixels, 4 bytes each.</param>
[MemoryPackable]
public sealed partial record Picture(string Key, byte[] Rgba);

/// <summary>A line of the output.</summary>
/// <param name="Key">The sticker's key.</param>
/// <param name="Mean">Its mean colour, as in CSS.</param>
[MemoryPackable]
public sealed partial record Colour(string Key, string Mean);
