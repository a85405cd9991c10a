using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

public sealed class RandomConvolutionTests
{
    private const int Side = 16, Area = Side * Side, Middle = 8;

    [Theory]
    [InlineData("red", true)]
    [InlineData("blue heart", true)]
    [InlineData("fired", false)]
    public void NamesColour_ByWord_SaysWhatColoursProve(string tag, bool expected) => Assert.Equal(expected, RandomConvolution.NamesColour(tag));

    [Fact]
    public void Apply_SeveralSeeds_IsTheConvolutionThatItsAnswersToSinglePointsSay()
    {
        var random = new Random(1);
        var widest = 0;
        for (var seed = 0; seed < 10; seed++)
        {
            // A convolution is linear and the same everywhere: three pictures of one point tell all of it.
            var answers = Enumerable.Range(0, 3).Select(channel =>
            {
                var point = new float[4 * Area];
                point[(channel * Area) + (Middle * Side) + Middle] = 1;
                return Styled(seed, point);
            }).ToArray();
            var picture = new float[4 * Area];
            foreach (ref var value in picture.AsSpan()) value = (random.NextSingle() * 4) - 2;
            var styled = Styled(seed, picture);
            for (var plane = 0; plane < 3; plane++)
            {
                for (var (y, x) = (1, 1); y < Side - 1; (y, x) = x < Side - 2 ? (y, x + 1) : (y + 1, 1))
                {
                    var expected = 0.0;
                    for (var from = 0; from < 3; from++)
                    {
                        for (var (dy, dx) = (-1, -1); dy <= 1; (dy, dx) = dx < 1 ? (dy, dx + 1) : (dy + 1, -1))
                            expected += answers[from][(plane * Area) + ((Middle - dy) * Side) + Middle - dx] * picture[(from * Area) + ((y + dy) * Side) + x + dx];
                    }
                    Assert.Equal(expected, styled[(plane * Area) + (y * Side) + x], 1e-4);
                }
            }
            Assert.Equal(picture[(3 * Area)..], styled[(3 * Area)..]);
            widest = Math.Max(widest, answers[0].Take(3 * Area).Count(value => value != 0));
        }

        Assert.InRange(widest, 3 * 9 - 2, 3 * 9);
    }

    [Fact]
    public void Apply_PlainPicture_StaysPlainToItsEdges()
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var picture = new float[4 * Area];
            for (var plane = 0; plane < 3; plane++) picture.AsSpan(plane * Area, Area).Fill(plane - 1.2f);

            var styled = Styled(seed, picture);

            for (var plane = 0; plane < 3; plane++)
                Assert.All(styled.Skip(plane * Area).Take(Area), value => Assert.Equal(styled[plane * Area], value, 1e-5));
        }
    }

    private static float[] Styled(int seed, float[] picture)
    {
        float[] planes = [.. picture];
        new RandomConvolution().Apply(new Random(seed), Side, planes);
        return planes;
    }
}
