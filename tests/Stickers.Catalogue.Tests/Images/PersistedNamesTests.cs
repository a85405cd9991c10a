using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests.Images;

/// <summary>Names and numbers that stand in files already written: new ones may be added, none may change.</summary>
public sealed class PersistedNamesTests
{
    [Fact]
    public void StickerFormat_NamesAndNumbers_AreFrozen() =>
        Assert.Equal(["Png=1", "Apng=2", "Jpeg=3", "WebP=4", "Gif=5", "Svg=6"], Enum.GetValues<StickerFormat>().Select(f => $"{f}={(int)f}"));

    [Fact]
    public void ImageFault_NamesAndNumbers_AreFrozen() =>
        Assert.Equal(["Empty=1", "TooManyBytes=2", "UnknownFormat=3", "TooManyPixels=4", "TooManyFrames=5", "Truncated=6", "Corrupt=7", "Blank=8", "TooComplex=9"],
            Enum.GetValues<ImageFault>().Select(f => $"{f}={(int)f}"));
}
