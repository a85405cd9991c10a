using Stickers.Catalogue.Images;
using Stickers.Catalogue.Tests.Images.Making;

namespace Stickers.Catalogue.Tests.Images;

public sealed class JpegPixelTests
{
    [Fact]
    public void Decode_Grey_KeepsBlocks()
    {
        var image = ImageDecoder.Decode(JpegMaker.Blocks(2, 1, 1, (x, _, _) => x == 0 ? 40 : 200), 100);

        Assert.Equal(0x282828FFu, image.At(3, 3));
        Assert.Equal(0xC8C8C8FFu, image.At(12, 3));
    }

    [Fact]
    public void Decode_Rgb_KeepsBlocks()
    {
        var image = ImageDecoder.Decode(JpegMaker.Blocks(1, 1, 3, (_, _, c) => c switch { 0 => 250, 1 => 100, _ => 5 }), 100);

        Assert.Equal(0xFA6405FFu, image.At(4, 4));
    }

    [Fact]
    public void Decode_Cmyk_BecomesRgb()
    {
        // Adobe stores inks inverted: 255 is none. No cyan, full magenta and yellow, no black: red.
        var image = ImageDecoder.Decode(JpegMaker.Blocks(1, 1, 4, (_, _, c) => c is 1 or 2 ? 0 : 255), 100);

        var red = image.At(4, 4);
        Assert.True(red >> 24 > 200 && (red >> 16 & 0xFF) < 60 && (red >> 8 & 0xFF) < 60 && (red & 0xFF) == 255, $"{red:X8}");
    }

    [Fact]
    public void Decode_LargeJpegSmall_HasTheRightSizeAndMeans()
    {
        // Decoding at a reduced scale must not change what comes out.
        var file = JpegMaker.Blocks(100, 60, 1, (x, _, _) => x < 50 ? 30 : 220);

        var image = ImageDecoder.Decode(file, 100);

        Assert.Equal((100, 60), (image.Width, image.Height));
        Assert.Equal(0x1E1E1EFFu, image.At(20, 30));
        Assert.Equal(0xDCDCDCFFu, image.At(80, 30));
    }

    [Fact]
    public void Identify_WithoutEndMarker_IsTruncated()
    {
        var file = JpegMaker.Blocks(2, 2, 1, (_, _, _) => 99);

        Assert.Equal(ImageFault.Truncated, Pixels.FaultOf(() => ImageDecoder.Identify(file.AsSpan(0, file.Length - 2))));
    }
}
