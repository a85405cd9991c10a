using Stickers.Catalogue.Images;
using Stickers.Catalogue.Tests.Images.Making;

namespace Stickers.Catalogue.Tests.Images;

/// <summary>Hand-made animations of a few pixels; what is seen follows from the formats' rules for disposal and blending.</summary>
public sealed class AnimationTests
{
    private const uint Red = 0xFF0000FF, Green = 0x00FF00FF, Blue = 0x0000FFFF;

    private static string[] Frames(byte[] file, int maxFrames = 100) =>
        [.. ImageDecoder.DecodeFrames(file, 100, maxFrames).Select(f => string.Join(" / ", f.Rows()).Replace("FF0000FF", "R").Replace("00FF00FF", "G").Replace("0000FFFF", "B").Replace("00000000", "-"))];

    private static byte[] Apng(params byte[][] chunks) => PngMaker.File([PngMaker.Ihdr(3, 1), PngMaker.Actl((uint)chunks.Count(c => c.AsSpan(4).StartsWith("fcTL"u8))), .. chunks]);

    private static byte[] WholeRed(byte dispose = 0) => [.. PngMaker.Fctl(0, 3, 1, dispose: dispose), .. PngMaker.Idat(1, Pixels.Filled(3, 1, Red))];

    [Fact]
    public void DecodeFrames_ApngKept_DrawsOnTop() =>
        Assert.Equal(["R R R", "R G R", "B G R"], Frames(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Filled(3, 1, Red)),
            PngMaker.Fctl(1, 1, 1, x: 1), PngMaker.Fdat(2, 1, Pixels.Of(Green)),
            PngMaker.Fctl(3, 1, 1), PngMaker.Fdat(4, 1, Pixels.Of(Blue)))));

    [Fact]
    public void DecodeFrames_ApngToBackground_ClearsOnlyItsArea() =>
        Assert.Equal(["R R R", "R G R", "R - B"], Frames(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Filled(3, 1, Red)),
            PngMaker.Fctl(1, 1, 1, x: 1, dispose: 1), PngMaker.Fdat(2, 1, Pixels.Of(Green)),
            PngMaker.Fctl(3, 1, 1, x: 2), PngMaker.Fdat(4, 1, Pixels.Of(Blue)))));

    [Fact]
    public void DecodeFrames_ApngToPrevious_RestoresWhatWasThere() =>
        Assert.Equal(["R R R", "R G G", "R R B"], Frames(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Filled(3, 1, Red)),
            PngMaker.Fctl(1, 2, 1, x: 1, dispose: 2), PngMaker.Fdat(2, 1, Pixels.Filled(2, 1, Green)),
            PngMaker.Fctl(3, 1, 1, x: 2), PngMaker.Fdat(4, 1, Pixels.Of(Blue)))));

    [Fact]
    public void DecodeFrames_ApngFirstToPrevious_LeavesNothing() =>
        Assert.Equal(["R R R", "- - B"], Frames(Apng(
            PngMaker.Fctl(0, 3, 1, dispose: 2), PngMaker.Idat(1, Pixels.Filled(3, 1, Red)),
            PngMaker.Fctl(1, 1, 1, x: 2), PngMaker.Fdat(2, 1, Pixels.Of(Blue)))));

    [Fact]
    public void DecodeFrames_ApngBlendOver_MixesByAlpha()
    {
        var frames = ImageDecoder.DecodeFrames(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Of(Red, 0xFF000080, 0)),
            PngMaker.Fctl(1, 3, 1, blend: 1), PngMaker.Fdat(2, 1, Pixels.Filled(3, 1, 0x0000FF80))), 100, 2);

        // Over: alpha = s + d (1 - s); colour = (s cs + d cd (1 - s)) / alpha, with s = 128/255.
        Assert.Equal(["7F0080FF 5500AAC0 0000FF80"], frames[1].Rows());
    }

    [Fact]
    public void DecodeFrames_ApngBlendSource_Replaces() =>
        Assert.Equal(["R R R", "0000FF80 - R"], Frames(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Filled(3, 1, Red)),
            PngMaker.Fctl(1, 2, 1), PngMaker.Fdat(2, 1, Pixels.Of(0x0000FF80, 0)))));

    [Fact]
    public void DecodeFrames_ApngDataInPieces_IsJoined()
    {
        var data = PngMaker.Deflate(PngMaker.Filtered(1, Pixels.Filled(3, 1, Blue)));
        var half = data.Length / 2;

        Assert.Equal(["R R R", "B B B"], Frames(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Filled(3, 1, Red)),
            PngMaker.Fctl(1, 3, 1), PngMaker.Chunk("fdAT", [.. PngMaker.Big(2), .. data[..half]]), PngMaker.Chunk("fdAT", [.. PngMaker.Big(3), .. data[half..]]))));
    }

    [Fact]
    public void DecodeFrames_ApngWithPictureForOldViewers_LeavesItOut() =>
        Assert.Equal(["G G G", "B B B"], Frames(Apng(
            PngMaker.Idat(1, Pixels.Filled(3, 1, Red)),
            PngMaker.Fctl(0, 3, 1), PngMaker.Fdat(1, 1, Pixels.Filled(3, 1, Green)),
            PngMaker.Fctl(2, 3, 1), PngMaker.Fdat(3, 1, Pixels.Filled(3, 1, Blue)))));

    [Fact]
    public void DecodeFrames_ApngWithPalette_UsesItInEveryFrame()
    {
        byte[] One(byte index) => PngMaker.Deflate([0, index]);
        var file = PngMaker.File(PngMaker.Ihdr(1, 1, 8, 3), PngMaker.Actl(2), PngMaker.Chunk("PLTE", [255, 0, 0, 0, 0, 255]),
            PngMaker.Fctl(0, 1, 1), PngMaker.Chunk("IDAT", One(0)), PngMaker.Fctl(1, 1, 1), PngMaker.Chunk("fdAT", [.. PngMaker.Big(2), .. One(1)]));

        Assert.Equal(["R", "B"], Frames(file));
    }

    [Fact]
    public void DecodeFrames_GifDisposals_AreFollowed() =>
        Assert.Equal(["R R R", "R G R", "R - B", "G - B", "R - B"], Frames(
        [
            .. GifMaker.Start(3, 1),
            .. GifMaker.Control(), .. GifMaker.Picture(3, 1, 1),
            .. GifMaker.Control(dispose: 2), .. GifMaker.Picture(1, 0, 1, 1, [2]),
            .. GifMaker.Control(), .. GifMaker.Picture(2, 0, 1, 1, [3]),
            .. GifMaker.Control(dispose: 3), .. GifMaker.Picture(0, 0, 1, 1, [2]),
            .. GifMaker.Control(transparent: 0), .. GifMaker.Picture(1, 0, 1, 1, [0]),
            .. GifMaker.Trailer,
        ]));

    [Fact]
    public void DecodeFrames_GifRestoredTwice_GoesBackToTheSameFrame() =>
        Assert.Equal(["R R", "G R", "R B", "R R"], Frames(
        [
            .. GifMaker.Start(2, 1),
            .. GifMaker.Control(), .. GifMaker.Picture(2, 1, 1),
            .. GifMaker.Control(dispose: 3), .. GifMaker.Picture(0, 0, 1, 1, [2]),
            .. GifMaker.Control(dispose: 3), .. GifMaker.Picture(1, 0, 1, 1, [3]),
            .. GifMaker.Control(transparent: 0), .. GifMaker.Picture(0, 0, 1, 1, [0]),
            .. GifMaker.Trailer,
        ]));

    [Fact]
    public void DecodeFrames_WebP_BlendsAndClears() =>
        Assert.Equal(["R R", "R G", "B -"], Frames(WebPMaker.File(WebPMaker.Extended(2, 1, 2 | 16), WebPMaker.Animation(),
            WebPMaker.Frame(0, 0, 2, 1, Pixels.Filled(2, 1, Red)),
            WebPMaker.Frame(0, 0, 2, 1, Pixels.Of(0, Green), clear: true),
            WebPMaker.Frame(0, 0, 1, 1, Pixels.Of(Blue), blend: false))));

    [Fact]
    public void DecodeFrames_FewerThanThereAre_AreSpreadEvenly()
    {
        var frames = Enumerable.Range(0, 10).SelectMany(i => GifMaker.Picture(i, 0, 1, 1, [1]));
        byte[] file = [.. GifMaker.Start(10, 1, table: true), .. frames, .. GifMaker.Trailer];

        var inked = ImageDecoder.DecodeFrames(file, 100, 4).Select(f => Enumerable.Range(0, 10).Count(x => f.At(x, 0) == Red));

        Assert.Equal([1, 3, 6, 8], inked); // frames 0, 2, 5, 7 of 10
    }

    [Fact]
    public void DecodeDistinctFrames_LongPausesAndOneMove_KeepsEachSceneOnce()
    {
        // 23 frames of red, one of green, 20 of blue: spread evenly, the four frames 0, 11, 22 and 33 miss the green one.
        int[] colours = [.. Enumerable.Repeat(1, 23), 2, .. Enumerable.Repeat(3, 20)];
        byte[] file = [.. GifMaker.Start(2, 1, table: true), .. colours.SelectMany(colour => GifMaker.Picture(0, 0, 2, 1, [(byte)colour, (byte)colour])), .. GifMaker.Trailer];

        var distinct = ImageDecoder.DecodeDistinctFrames(file, 100, 4);

        Assert.Equal([Red, Green, Blue], distinct.Select(frame => frame.Image.At(0, 0)));
        Assert.Equal([23f / 44, 1f / 44, 20f / 44], distinct.Select(frame => frame.Share));
        Assert.DoesNotContain(Green, ImageDecoder.DecodeFrames(file, 100, 4).Select(frame => frame.At(0, 0)));
    }

    [Fact]
    public void DecodeDistinctFrames_MoreScenesThanAsked_KeepsTheFarthest()
    {
        // A bar that grows by one pixel a frame: the first and the last differ most.
        var frames = Enumerable.Range(0, 10).SelectMany(i => GifMaker.Picture(i, 0, 1, 1, [1]));
        byte[] file = [.. GifMaker.Start(10, 1, table: true), .. frames, .. GifMaker.Trailer];

        var inked = ImageDecoder.DecodeDistinctFrames(file, 100, 2).Select(frame => Enumerable.Range(0, 10).Count(x => frame.Image.At(x, 0) == Red));

        Assert.Equal([1, 10], inked);
    }

    [Fact]
    public void Decode_AnimationThatStartsEmpty_TakesTheFirstVisibleFrame()
    {
        var image = ImageDecoder.Decode(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Filled(3, 1, 0)),
            PngMaker.Fctl(1, 1, 1, x: 1), PngMaker.Fdat(2, 1, Pixels.Of(Green))), 100);

        Assert.Equal(["00000000 00FF00FF 00000000"], image.Rows());
    }

    [Fact]
    public void DecodeFrames_SomeFramesEmpty_LeavesThemOut() =>
        Assert.Equal(["- G -"], Frames(Apng(
            PngMaker.Fctl(0, 3, 1), PngMaker.Idat(1, Pixels.Filled(3, 1, 0)),
            PngMaker.Fctl(1, 1, 1, x: 1), PngMaker.Fdat(2, 1, Pixels.Of(Green)))));

    [Fact]
    public void DecodeFrames_OneAsked_IsTheSameAsDecode() =>
        Assert.Equal(["R R R"], Frames(Apng(WholeRed(), PngMaker.Fctl(1, 3, 1), PngMaker.Fdat(2, 1, Pixels.Filled(3, 1, Blue))), 1));

    [Fact]
    public void Identify_TooMuchAnimation_IsRefusedBeforeDecoding()
    {
        var limits = new ImageLimits { MaxAnimationPixels = 5 };
        var file = Apng(WholeRed(), PngMaker.Fctl(1, 3, 1), PngMaker.Fdat(2, 1, Pixels.Filled(3, 1, Blue)));

        Assert.Equal(ImageFault.TooManyPixels, Pixels.FaultOf(() => ImageDecoder.Identify(file, limits)));
        Assert.Equal(2, ImageDecoder.Identify(file, limits with { MaxAnimationPixels = 6 }).Frames);
    }
}
