using System.Security.Cryptography;
using System.Text;

namespace Stickers.Catalogue.Tests;

public sealed class StickerIdTests
{
    [Theory]
    [InlineData("twemoji/1f600")]
    [InlineData("スタンプ/ねこ")]
    public void FromKey_AnyKey_IsFirst63BitsOfSha256(string key)
    {
        var hex = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(key)))[..16];
        var expected = Convert.ToInt64(hex, 16) & long.MaxValue;

        Assert.Equal(expected, StickerId.FromKey(key).Value);
    }

    [Fact]
    public void TryParse_TextOfAnId_GivesItBack()
    {
        var id = StickerId.FromKey("noto/1f600");

        Assert.True(StickerId.TryParse(id.ToString(), out var parsed));
        Assert.Equal(id, parsed);
    }

    [Theory]
    [InlineData("")]
    [InlineData("-1")]
    [InlineData("1.5")]
    [InlineData("9223372036854775808")]
    public void TryParse_NotAnId_IsRefused(string text) => Assert.False(StickerId.TryParse(text, out _));
}
