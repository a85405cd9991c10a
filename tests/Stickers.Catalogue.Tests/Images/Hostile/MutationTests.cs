using System.Text;
using CsCheck;
using Stickers.Catalogue.Images;
using Stickers.Catalogue.Tests.Images.Making;

namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>Good files, damaged at random: whatever comes out, it is a picture or an <see cref="ImageException"/>.</summary>
public sealed class MutationTests
{
    private static readonly Dictionary<string, byte[]> Good = new()
    {
        ["png"] = PngMaker.Rgba(20, 16, HostileFile.Drawing(20, 16, 1)),
        ["palette"] = PngMaker.File(PngMaker.Ihdr(8, 2, 2, 3), PngMaker.Chunk("PLTE", [1, 2, 3, 90, 80, 70, 200, 0, 0, 0, 0, 250]), PngMaker.Chunk("tRNS", [0, 128]), PngMaker.Idat(2, 0x1B, 0xE4, 0x1B, 0xE4)),
        ["apng"] = PngMaker.File(PngMaker.Ihdr(8, 8), PngMaker.Actl(2), PngMaker.Fctl(0, 8, 8), PngMaker.Idat(8, HostileFile.Drawing(8, 8, 2)), PngMaker.Fctl(1, 4, 4, 2, 2, 2, 1), PngMaker.Fdat(2, 4, HostileFile.Drawing(4, 4, 3))),
        ["jpeg"] = JpegMaker.Blocks(3, 2, 3, (x, y, c) => x * 50 + y * 20 + c, JpegMaker.Exif(ExifMaker.Orientation(6))),
        ["webp"] = WebPMaker.Still(20, 16, HostileFile.Drawing(20, 16, 4)),
        ["lossy"] = WebPMaker.File(WebPMaker.Chunk("VP8 ", WebPMaker.Lossy(20, 16, HostileFile.Drawing(20, 16, 5, opaque: true)))),
        ["animated"] = WebPMaker.File(WebPMaker.Extended(8, 8, 2 | 16), WebPMaker.Animation(), WebPMaker.Frame(0, 0, 8, 8, HostileFile.Drawing(8, 8, 6)), WebPMaker.Frame(2, 2, 4, 4, HostileFile.Drawing(4, 4, 7), clear: true)),
        ["gif"] = [.. GifMaker.Start(8, 6), .. GifMaker.Control(dispose: 2), .. GifMaker.Picture(8, 6, 1), .. GifMaker.Control(dispose: 3), .. GifMaker.Picture(2, 2, 2, 2, [1, 2, 3, 1]), .. GifMaker.Trailer],
        ["svg"] = Encoding.UTF8.GetBytes(HostileSvg.Root + "<defs><linearGradient id=\"g\"><stop stop-color=\"red\"/></linearGradient><clipPath id=\"c\"><circle r=\"40\"/></clipPath></defs><g transform=\"scale(2)\" clip-path=\"url(#c)\"><path d=\"M0 0 L10 10 A5 5 0 1 0 9 9Z\" style=\"fill:url(#g);stroke-dasharray:3,2\"/><text y=\"9\">hi</text></g></svg>"),
    };

    private static readonly Gen<(string Name, byte[] File)> Damaged =
        from name in Gen.Int[0, Good.Count - 1].Select(i => Good.Keys.Order(StringComparer.Ordinal).ElementAt(i))
        from edits in Gen.Select(Gen.Int[0, 3], Gen.Double[0, 1], Gen.Byte, Gen.Int[1, 12]).Array[1, 6]
        select (name, edits.Aggregate(Good[name], Edit));

    [Fact]
    public void Decode_DamagedFile_GivesAPictureOrAnImageException() => Damaged.Sample(
        damaged =>
        {
            Pixels.FaultOf(() => ImageDecoder.Identify(damaged.File));
            Pixels.FaultOf(() => Assert.InRange(ImageDecoder.Decode(damaged.File, 32) is var image ? Math.Max(image.Width, image.Height) : 0, 1, 32));
            Pixels.FaultOf(() => ImageDecoder.DecodeFrames(damaged.File, 32, 3));
        },
        iter: 4000, threads: 2, print: damaged => $"{damaged.Name}: {Convert.ToHexString(damaged.File)}");

    [Fact]
    public void Decode_FileCutAnywhere_IsNeverTakenForWhole()
    {
        foreach (var (name, file) in Good)
        {
            for (var length = 0; length < file.Length; length++)
                Assert.True(Pixels.FaultOf(() => ImageDecoder.Decode(file.AsSpan(0, length), 32)) is not null, $"{name}: {length} of {file.Length} bytes were taken for a whole file");
        }
    }

    /// <summary>0 overwrites a byte, 1 flips a bit, 2 removes a run, 3 doubles a run.</summary>
    private static byte[] Edit(byte[] file, (int Kind, double Place, byte Value, int Length) edit)
    {
        if (file.Length == 0) return file;
        var at = Math.Min(file.Length - 1, (int)(edit.Place * file.Length));
        var run = Math.Min(edit.Length, file.Length - at);
        return edit.Kind switch
        {
            0 => [.. file[..at], edit.Value, .. file[(at + 1)..]],
            1 => [.. file[..at], (byte)(file[at] ^ 1 << (edit.Value & 7)), .. file[(at + 1)..]],
            2 => [.. file[..at], .. file[(at + run)..]],
            _ => [.. file[..(at + run)], .. file[at..]],
        };
    }
}
