using System.IO.Compression;
using System.Text.Json;
using NetVips;
using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests.Images;

/// <summary>Real files of every format, against what their catalogue says and against another library's pixels.</summary>
public sealed class CorpusImageTests
{
    private static string Folder => TestData.CorpusFolder();

    private static Dictionary<string, byte[]> Samples()
    {
        using var zip = ZipFile.OpenRead(Path.Combine(Folder, "samples.zip"));
        return zip.Entries.Where(e => e.Length > 0).ToDictionary(e => e.FullName, e =>
        {
            using var content = e.Open();
            using var bytes = new MemoryStream();
            content.CopyTo(bytes);
            return bytes.ToArray();
        });
    }

    [Fact]
    public void Identify_EverySample_SaysWhatItsCatalogueSays()
    {
        var samples = Samples();
        foreach (var line in File.ReadLines(Path.Combine(Folder, "samples.jsonl")))
        {
            var truth = JsonDocument.Parse(line).RootElement;
            var name = truth.GetProperty("file").GetString()!;

            var info = ImageDecoder.Identify(samples[name]);

            var frames = truth.GetProperty("frames").GetInt32();
            var format = truth.GetProperty("format").GetString() switch { "PNG" => frames > 1 ? StickerFormat.Apng : StickerFormat.Png, "GIF" => StickerFormat.Gif, "WEBP" => StickerFormat.WebP, _ => StickerFormat.Jpeg };
            Assert.Equal((name, new ImageInfo(format, truth.GetProperty("width").GetInt32(), truth.GetProperty("height").GetInt32(), frames)), (name, info));
            Assert.Equal((info.Width, info.Height), Size(ImageDecoder.Decode(samples[name], 1000)));
            Assert.Equal(Math.Min(frames, 5), ImageDecoder.DecodeFrames(samples[name], 1000, 5).Count);
        }
    }

    [Theory]
    [InlineData("dance")]
    [InlineData("ninja")]
    [InlineData("eyeroll")]
    public void DecodeFrames_SameAnimationInThreeFormats_LooksTheSame(string name)
    {
        var samples = Samples();
        var gif = ImageDecoder.DecodeFrames(samples[$"{name}.gif"], 1000, 100);

        foreach (var other in new[] { $"{name}.webp", $"{name}.apng.png" })
        {
            var frames = ImageDecoder.DecodeFrames(samples[other], 1000, 100);
            Assert.Equal(gif.Count, frames.Count);
            for (var i = 0; i < gif.Count; i++) Assert.Equal(Seen(gif[i]), Seen(frames[i]));
        }
    }

    /// <summary>How far the frame that is worst represented is from the nearest one chosen: what pooling over the chosen ones cannot know.</summary>
    [Fact]
    public void DecodeDistinctFrames_RealAnimations_LeaveLessUnseenThanEvenOnesOrTheFirst()
    {
        const int Side = 1000;
        double even = 0, distinct = 0;
        foreach (var (name, file) in Samples().Where(sample => ImageDecoder.Identify(sample.Value).Frames > 4))
        {
            var all = ImageDecoder.DecodeFrames(file, Side, int.MaxValue);
            var first = Unseen(all, [all[0]]);
            even += Unseen(all, ImageDecoder.DecodeFrames(file, Side, 4));
            var chosen = Unseen(all, [.. ImageDecoder.DecodeDistinctFrames(file, Side, 4).Select(frame => frame.Image)]);
            Assert.True(chosen < first, $"{name}: {chosen:0.0} is unseen by the frames chosen, {first:0.0} by the first alone");
            distinct += chosen;
        }

        Assert.True(distinct < even, $"{distinct:0.0} is unseen by the frames chosen, {even:0.0} by as many spread evenly");

        static double Unseen(IReadOnlyList<RasterImage> all, IReadOnlyList<RasterImage> chosen)
        {
            var known = chosen.Select(Seen).ToList();
            return all.Select(Seen).Max(frame => known.Min(other => frame.Zip(other, (a, b) => (double)Math.Abs(a - b)).Average()));
        }
    }

    [Fact]
    public void Decode_StillSamples_MatchAnotherLibrary()
    {
        // Two PNGs say (gAMA) that their samples are linear: we and browsers convert that, libvips does not.
        foreach (var (name, file) in Samples().Where(s => s.Value.AsSpan().IndexOf("gAMA"u8) < 0 && ImageDecoder.Identify(s.Value) is { Frames: 1, Format: not StickerFormat.Gif }))
        {
            var ours = ImageDecoder.Decode(file, 1000);
            using var loaded = Image.NewFromBuffer(file);
            using var upright = loaded.Autorot();
            using var colour = upright.Colourspace(Enums.Interpretation.Srgb);
            using var full = colour.HasAlpha() ? colour.Copy() : colour.Bandjoin(255);
            var theirs = full.WriteToMemory<byte>();

            Assert.Equal(Size(ours), (full.Width, full.Height));
            var difference = Seen(ours).Zip(Seen(new RasterImage(full.Width, full.Height, theirs)), (a, b) => Math.Abs(a - b)).Average();
            Assert.True(difference < 1.0, $"{name}: the pixels differ by {difference:F2} on average");
        }
    }

    private static (int, int) Size(RasterImage image) => (image.Width, image.Height);

    /// <summary>What is visible: the colour of wholly transparent pixels does not count.</summary>
    private static byte[] Seen(RasterImage image)
    {
        var seen = (byte[])image.Rgba.Clone();
        for (var i = 0; i < seen.Length; i += 4)
        {
            if (seen[i + 3] == 0) seen.AsSpan(i, 4).Clear();
        }
        return seen;
    }
}
