using Stickers.Catalogue.Images;
using Stickers.Catalogue.Tests.Images.Making;

namespace Stickers.Catalogue.Tests.Images;

/// <summary>Files made by hand, so that every pixel is known from the PNG specification.</summary>
public sealed class PngPixelTests
{
    private static byte[] Palette(params byte[] rgb) => PngMaker.Chunk("PLTE", rgb);

    private static string[] Decode(params byte[][] chunks) => ImageDecoder.Decode(PngMaker.File(chunks), 100).Rows();

    [Fact]
    public void Decode_Rgba_KeepsStraightAlphaExactly()
    {
        var image = ImageDecoder.Decode(PngMaker.Rgba(2, 2, Pixels.Of(0x01020304, 0xFF8000FF, 0x7F7F7F01, 0x10203080)), 100);

        Assert.Equal(["01020304 FF8000FF", "7F7F7F01 10203080"], image.Rows());
    }

    [Theory]
    [InlineData(16, true)]
    [InlineData(12, false)]
    public void Decode_RoomLent_TakesItWhereItFitsExactly(int bytes, bool taken)
    {
        var room = Enumerable.Repeat((byte)0xEE, bytes).ToArray();

        var image = ImageDecoder.Decode(PngMaker.Rgba(2, 2, Pixels.Of(0x01020304, 0xFF8000FF, 0x7F7F7F01, 0x10203080)), 100, room: room);

        Assert.Equal(["01020304 FF8000FF", "7F7F7F01 10203080"], image.Rows());
        Assert.Equal(taken, ReferenceEquals(room, image.Rgba));
        Assert.Equal(taken, !room.SequenceEqual(Enumerable.Repeat((byte)0xEE, bytes)));
    }

    [Fact]
    public void Decode_RoomLentForWhatIsShrunk_GivesAPictureOfItsOwn()
    {
        var room = new byte[16];

        var image = ImageDecoder.Decode(PngMaker.Rgba(2, 2, Pixels.Of(0xFF8000FF, 0xFF8000FF, 0xFF8000FF, 0xFF8000FF)), 1, room: room);

        Assert.Equal(["FF8000FF"], image.Rows());
        Assert.NotSame(room, image.Rgba);
    }

    [Fact]
    public void Decode_Rgb_IsOpaque() =>
        Assert.Equal(["0A0B0CFF FFFFFFFF"], Decode(PngMaker.Ihdr(2, 1, 8, 2), PngMaker.Idat(1, 10, 11, 12, 255, 255, 255)));

    [Fact]
    public void Decode_Rgb16_TakesTheHighByteRounded()
    {
        var rows = Decode(PngMaker.Ihdr(1, 1, 16, 2), PngMaker.Idat(1, 0x80, 0x80, 0xFF, 0xFF, 0x00, 0x10));

        Assert.Equal(["80FF00FF"], rows);
    }

    [Theory]
    [InlineData(1, (byte)0b01_000000, "000000FF FFFFFFFF")]
    [InlineData(2, (byte)0b01_10_0000, "555555FF AAAAAAFF")]
    [InlineData(4, (byte)0x3C, "333333FF CCCCCCFF")]
    public void Decode_GreyOfFewBits_Spreads(int depth, byte packed, string expected) =>
        Assert.Equal([expected], Decode(PngMaker.Ihdr(2, 1, (byte)depth, 0), PngMaker.Idat(1, packed)));

    [Fact]
    public void Decode_GreyWithAlpha_KeepsBoth() =>
        Assert.Equal(["40404080 FFFFFF01"], Decode(PngMaker.Ihdr(2, 1, 8, 4), PngMaker.Idat(1, 0x40, 0x80, 0xFF, 0x01)));

    [Fact]
    public void Decode_GreyWithTransparentValue_ClearsThatValue()
    {
        var image = ImageDecoder.Decode(PngMaker.File(PngMaker.Ihdr(2, 1, 8, 0), PngMaker.Chunk("tRNS", [0, 7]), PngMaker.Idat(1, 7, 8)), 100);

        Assert.Equal(0u, image.At(0, 0) & 0xFF);
        Assert.Equal(0x080808FFu, image.At(1, 0));
    }

    [Fact]
    public void Decode_PaletteWithTransparency_LooksBothUp()
    {
        var rows = Decode(PngMaker.Ihdr(3, 1, 8, 3), Palette(1, 2, 3, 4, 5, 6, 7, 8, 9), PngMaker.Chunk("tRNS", [0x80, 0xFF]), PngMaker.Idat(1, 0, 1, 2));

        Assert.Equal(["01020380 040506FF 070809FF"], rows);
    }

    [Fact]
    public void Decode_PaletteOfOneBit_Unpacks() =>
        Assert.Equal(["000000FF FF0000FF 000000FF"], Decode(PngMaker.Ihdr(3, 1, 1, 3), Palette(0, 0, 0, 255, 0, 0), PngMaker.Idat(1, 0b010_00000)));

    [Fact]
    public void Decode_Interlaced_PutsPassesInPlace()
    {
        // Adam7 of 2x2: pass 1 is (0,0), pass 6 is (1,0), pass 7 is the second row; the others are empty.
        byte[] raw = [0, .. Pixels.Of(0x110000FF), 0, .. Pixels.Of(0x220000FF), 0, .. Pixels.Of(0x330000FF, 0x440000FF)];

        var rows = Decode(PngMaker.Ihdr(2, 2, interlace: 1), PngMaker.Chunk("IDAT", PngMaker.Deflate(raw)));

        Assert.Equal(["110000FF 220000FF", "330000FF 440000FF"], rows);
    }

    [Fact]
    public void Decode_LinearGamma_IsConvertedToSrgb()
    {
        // gAMA 1.0 (linear light) with sRGB primaries: 0.5 in linear light is 188 in sRGB (IEC 61966-2-1).
        byte[] chromaticities = [.. new uint[] { 31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000 }.SelectMany(PngMaker.Big)];

        var image = ImageDecoder.Decode(PngMaker.File(PngMaker.Ihdr(1, 1, 8, 2), PngMaker.Chunk("gAMA", PngMaker.Big(100000)), PngMaker.Chunk("cHRM", chromaticities), PngMaker.Idat(1, 128, 128, 128)), 10);

        Assert.InRange(image.Rgba[0], 186, 190);
    }

    [Fact]
    public void Decode_AllTransparent_IsBlank() =>
        Assert.Equal(ImageFault.Blank, Pixels.FaultOf(() => ImageDecoder.Decode(PngMaker.Rgba(2, 1, Pixels.Of(0xFF000000, 0x00FF0000)), 10)));

    [Fact]
    public void EncodePng_Decoded_GivesTheSamePixels()
    {
        var random = new Random(5);
        var rgba = new byte[37 * 11 * 4];
        random.NextBytes(rgba);
        var image = new RasterImage(37, 11, rgba);

        var file = ImageDecoder.EncodePng(image);

        Assert.Equal(rgba, ImageDecoder.Decode(file, 100).Rgba);
        using var other = NetVips.Image.PngloadBuffer(file); // a library that has no part in writing it
        Assert.Equal(rgba, other.WriteToMemory<byte>());
    }

    [Fact]
    public void EncodePng_Twice_GivesTheSameBytes()
    {
        var image = new RasterImage(3, 2, Pixels.Filled(3, 2, 0x12345678));

        Assert.Equal(ImageDecoder.EncodePng(image), ImageDecoder.EncodePng(image));
    }

    [Fact]
    public void EncodePng_LengthContradictsSize_Throws() =>
        Assert.Throws<ArgumentException>(() => ImageDecoder.EncodePng(new RasterImage(2, 2, new byte[12])));
}
