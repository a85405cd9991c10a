using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests.Images;

public sealed class InkBoxTests
{
    [Theory]
    [InlineData(9, true)]
    [InlineData(8, false)] // taken for empty
    public void Of_TwoDots_IsTheBoxAroundThem(byte alpha, bool visible)
    {
        var rgba = new byte[7 * 5 * 4];
        rgba[(((1 * 7) + 2) * 4) + 3] = alpha;
        rgba[(((3 * 7) + 6) * 4) + 3] = alpha;

        Assert.Equal(visible ? (2, 1, 7, 4) : null, InkBox.Of(new RasterImage(7, 5, rgba)));
    }

    [Fact]
    public void Of_AllVisible_IsTheWholeImage() => Assert.Equal((0, 0, 3, 2), InkBox.Of(new RasterImage(3, 2, [.. Enumerable.Repeat((byte)255, 24)])));
}
