using Stickers.Tagger.EightBit;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.EightBit;

public sealed class PlainViewTests
{
    [Theory]
    [InlineData(32)]
    [InlineData(48)]
    [InlineData(64)]
    public void Draw_RandomPicture_IsThePlainViewToHalfAStep(int side)
    {
        var fittedSide = InputFitting.FittedSide(side);
        var random = new Random(side);
        var fitted = new byte[fittedSide * fittedSide * 4];
        random.NextBytes(fitted);
        // No colour exceeds its alpha.
        for (var i = 0; i < fitted.Length; i += 4)
        {
            for (var c = 0; c < 3; c++) fitted[i + c] = Math.Min(fitted[i + c], fitted[i + 3]);
        }

        var planes = new float[ViewRendering.Length(side)];
        ViewRendering.Render(fitted, fittedSide, View.Plain, side, planes);
        var drawn = new byte[(side + 2) * (side + 2) * 4];

        PlainView.Draw(fitted, side, drawn);

        for (var y = -1; y <= side; y++)
        {
            for (var x = -1; x <= side; x++)
            {
                for (var c = 0; c < 4; c++)
                {
                    var value = (drawn[((((y + 1) * (side + 2)) + x + 1) * 4) + c] - PlainView.Zero[c]) * PlainView.Unit[c];
                    if (x < 0 || y < 0 || x == side || y == side) Assert.Equal(0, value);
                    // Alpha has one step fewer, so the two in the middle lie a whole one apart.
                    else Assert.Equal(planes[(c * side * side) + (y * side) + x], value, PlainView.Unit[c] * (c < 3 ? 0.51f : 1.01f));
                }
            }
        }
    }

    [Fact]
    public void Draw_OtherLengths_AreRefused()
    {
        Assert.Throws<ArgumentException>(() => PlainView.Draw(new byte[40 * 40 * 4 - 1], 32, new byte[34 * 34 * 4]));
        Assert.Throws<ArgumentException>(() => PlainView.Draw(new byte[40 * 40 * 4], 32, new byte[33 * 34 * 4]));
    }
}
