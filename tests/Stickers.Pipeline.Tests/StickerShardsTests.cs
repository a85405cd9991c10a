using Stickers.Pipeline.Sources;

namespace Stickers.Pipeline.Tests;

public sealed class StickerShardsTests
{
    [Theory]
    [InlineData(0, 256)]
    [InlineData(9_418, 256)]
    [InlineData(32_768, 512)]
    [InlineData(100_000, 1024)]
    [InlineData(1_000_000, 4096)]
    [InlineData(400_000_000, 4096)]
    public void SizeOf_Catalogue_GivesManyWorkersSomethingAndNotTooManyFiles(long stickers, int expected) => Assert.Equal(expected, StickerShards.SizeOf(stickers));
}
