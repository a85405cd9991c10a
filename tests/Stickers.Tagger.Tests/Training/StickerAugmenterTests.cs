using Stickers.Tagger.Network;
using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class StickerAugmenterTests
{
    [Theory]
    [InlineData("cat", true)]
    [InlineData("arrow", false)]
    [InlineData("letter", false)]
    public void MayMirror_ByTag_KeepsMeaning(string tag, bool expected) => Assert.Equal(expected, StickerAugmenter.MayMirror(["happy", tag]));

    [Fact]
    public void Next_MirrorForbidden_NeverMirrors()
    {
        var augmenter = new StickerAugmenter(1);
        var random = new Random(1);

        Assert.All(Enumerable.Range(0, 500), _ => Assert.True(augmenter.Next(random, mayMirror: false).Transform.GetDeterminant() > 0));
        Assert.Contains(Enumerable.Range(0, 50), _ => augmenter.Next(random, mayMirror: true).Transform.GetDeterminant() < 0);
    }

    [Fact]
    public void Next_AnyView_StaysInTheInputsRange()
    {
        var augmenter = new StickerAugmenter(1);
        var random = new Random(2);
        var fitted = new byte[40 * 40 * 4];
        random.NextBytes(fitted);
        for (var i = 0; i < fitted.Length; i += 4)
        {
            for (var c = 0; c < 3; c++) fitted[i + c] = (byte)(fitted[i + c] * fitted[i + 3] / 255);
        }
        var planes = new float[ViewRendering.Length(32)];
        for (var n = 0; n < 100; n++)
        {
            ViewRendering.Render(fitted, 40, augmenter.Next(random, mayMirror: true), 32, planes);
            Assert.All(planes, v => Assert.InRange(v, -1.81f, 1.21f));
        }
    }
}
