using Stickers.Tagger.EightBit;

namespace Stickers.Tagger.Tests.EightBit;

/// <summary>Against a convolution that is written down from its formula, to the bit, in every build that this processor runs.</summary>
public sealed class ConvolutionTests
{
    private const float OutUnit = 0.03f;
    private const float ShortcutScale = 0.71f;

    public enum Extra
    {
        None,
        Shortcut,
        Addend,
        Sums,
    }

    public static TheoryData<int, int, int, int, int, int, Extra> Shapes => new()
    {
        // pictures, side, channels in, channels out, kernel, stride, what is added
        { 3, 64, 4, 32, 3, 2, Extra.None },      // the first layer
        { 1, 24, 24, 24, 3, 1, Extra.Shortcut }, // 48 pixels, the small preset
        { 2, 24, 24, 48, 3, 2, Extra.None },
        { 2, 24, 24, 48, 1, 2, Extra.Sums },     // a projection
        { 2, 12, 48, 48, 3, 1, Extra.Addend },
        { 5, 3, 192, 192, 3, 1, Extra.Addend },  // 48 pixels at the end
        { 2, 6, 512, 512, 3, 1, Extra.Shortcut },// a ResNet-18 on 96 pixels at the end
        { 7, 4, 256, 256, 3, 1, Extra.Addend },
        { 1, 1, 4, 16, 3, 1, Extra.None },
        { 3, 5, 7, 20, 3, 2, Extra.Shortcut },   // odd everything
        { 1, 9, 3, 80, 1, 1, Extra.None },       // the rest of a block of 64
        { 2, 7, 10, 112, 3, 1, Extra.Sums },
        { 5, 32, 32, 32, 3, 1, Extra.Shortcut }, // more than AVX2 has at hand
        { 2, 9, 512, 80, 1, 1, Extra.Addend },
        { 1, 2, 1792, 16, 1, 1, Extra.Shortcut },
        { 5, 16, 64, 64, 3, 1, Extra.Addend },
        { 3, 6, 20, 80, 3, 1, Extra.Sums },
        { 9, 8, 256, 256, 3, 1, Extra.None },    // more tiles than AVX2 transforms at once
        { 1, 4, 64, 16, 3, 1, Extra.None },
        { 3, 15, 32, 48, 3, 2, Extra.Shortcut }, // tiles of an odd side
        { 5, 32, 32, 64, 3, 2, Extra.None },
        { 9, 8, 128, 256, 3, 2, Extra.Addend },
        { 1, 4, 1024, 16, 3, 1, Extra.None },    // sums too large for Winograd's algorithm
        { 5, 16, 64, 32, 1, 2, Extra.Sums },
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Run_EveryVariant_GivesTheBitsOfTheFormula(int pictures, int side, int inChannels, int outChannels, int kernel, int stride, Extra extra)
    {
        var random = new Random(side + outChannels);
        var weights = Randoms(random, outChannels * inChannels * kernel * kernel);
        // Some as large as they can be, all of one sign: what saturates where 16 bits are too few. Not so many that Winograd's algorithm has no say in wide layers.
        var row = inChannels * kernel * kernel;
        for (var o = 0; o < outChannels; o++) weights.AsSpan(o * row, Math.Min(row / 3, 512)).Fill(1);
        var offset = Randoms(random, outChannels);
        var unit = Array.ConvertAll(Randoms(random, inChannels), value => 0.01f + (0.01f * Math.Abs(value)));
        // Some wide layers too begin with what stands for 0.
        var zero = inChannels <= 4 ? new byte[] { 153, 153, 153, 127 }[..inChannels] : outChannels == 64 ? [.. Enumerable.Repeat((byte)128, inChannels)] : null;
        var convolution = new Convolution(weights, offset, inChannels, kernel, stride, unit, zero, OutUnit);
        var outSide = (side + stride - 1) / stride;
        var input = new byte[Convolution.Bordered(pictures, side, convolution.InChannels)];
        random.NextBytes(input);
        input.AsSpan(0, input.Length / 2).Fill(255);
        var shortcut = extra == Extra.Shortcut ? new byte[Convolution.Bordered(pictures, outSide, convolution.OutChannels)] : [];
        random.NextBytes(shortcut);
        var addend = extra == Extra.Addend ? Array.ConvertAll(Randoms(random, pictures * outSide * outSide * convolution.OutChannels), value => 100 * value) : [];
        var expected = Reference(pictures, side, inChannels, outChannels, kernel, stride, weights, offset, unit, zero, input, convolution.InChannels, convolution.OutChannels, shortcut, addend);

        var ran = 0;
        foreach (var variant in Enum.GetValues<ConvolutionVariant>().Where(Convolution.Has))
        {
            ran++;
            if (extra == Extra.Sums)
            {
                var sums = new float[expected.Length];
                convolution.Run(variant, pictures, side, input, sums);
                Assert.Equal(expected, sums);
                continue;
            }

            var output = new byte[Convolution.Bordered(pictures, outSide, convolution.OutChannels)];
            Array.Fill(output, (byte)99);
            convolution.Run(variant, pictures, side, input, shortcut, ShortcutScale, addend, output);
            Assert.Equal(WithBorder(expected, pictures, outSide, convolution.OutChannels), output);
        }

        Assert.True(ran >= 1);
        Assert.True(Convolution.Has(Convolution.Best));
    }

    [Theory]
    [InlineData(1, 1, 2, 16)]
    [InlineData(1, 8, 512, 208)]
    [InlineData(2, 5, 250, 70)]
    public void Run_NarrowBytesInEveryVariant_GiveTheBitsOfTheFormula(int pictures, int side, int inChannels, int outChannels)
    {
        var random = new Random(side + outChannels);
        var weights = Randoms(random, outChannels * inChannels);
        // Sums as large as they can be, of either sign.
        weights.AsSpan(0, inChannels).Fill(1);
        weights.AsSpan(inChannels, inChannels).Fill(-1);
        var offset = Randoms(random, outChannels);
        var unit = new float[inChannels];
        var zero = new byte[inChannels];
        Array.Fill(unit, 0.02f);
        Array.Fill(zero, PixelBytes.NarrowZero);
        var convolution = new Convolution(weights, offset, inChannels, 1, 1, unit, zero, OutUnit, narrow: true);
        var input = new byte[Convolution.Bordered(pictures, side, convolution.InChannels)];
        for (var i = 0; i < input.Length; i++) input[i] = (byte)(i < input.Length / 2 ? 63 : random.Next(64));
        var expected = Reference(pictures, side, inChannels, outChannels, 1, 1, weights, offset, unit, zero, input, convolution.InChannels, convolution.OutChannels, [], [], largest: 63);

        foreach (var variant in Enum.GetValues<ConvolutionVariant>().Where(Convolution.Has))
        {
            var sums = new float[expected.Length];
            convolution.Run(variant, pictures, side, input, sums);
            Assert.Equal(expected, sums);
            Assert.Throws<NotSupportedException>(() => convolution.Run(variant, pictures, side, input, [], 0, [], new byte[Convolution.Bordered(pictures, side, convolution.OutChannels)]));
        }
    }

    [Fact]
    public void Run_LengthsThatDoNotFit_AreRefusedBeforeTheNativeCall()
    {
        var convolution = new Convolution(new float[16 * 4 * 9], new float[16], 4, 3, 1, [1, 1, 1, 1], [0, 0, 0, 0], 1);
        var (input, output) = (new byte[Convolution.Bordered(1, 8, 4)], new byte[Convolution.Bordered(1, 8, 16)]);
        convolution.Run(Convolution.Best, 1, 8, input, [], 0, [], output);

        Assert.Throws<ArgumentException>(() => convolution.Run(Convolution.Best, 1, 8, input.AsSpan(1), [], 0, [], output));
        Assert.Throws<ArgumentException>(() => convolution.Run(Convolution.Best, 1, 8, input, [], 0, [], output.AsSpan(1)));
        Assert.Throws<ArgumentException>(() => convolution.Run(Convolution.Best, 1, 8, input, output.AsSpan(1), 1, [], output));
        Assert.Throws<ArgumentException>(() => convolution.Run(Convolution.Best, 1, 8, input, [], 0, new float[5], output));
        Assert.Throws<ArgumentException>(() => convolution.Run(Convolution.Best, 1, 8, input, new float[5]));
        Assert.Throws<ArgumentException>(() => convolution.Run(Convolution.Best, 2, 8, input, [], 0, [], output));
        Assert.Throws<ArgumentOutOfRangeException>(() => convolution.Run(Convolution.Best, 0, 8, [], [], 0, [], []));
        Assert.Throws<PlatformNotSupportedException>(() => convolution.Run((ConvolutionVariant)9, 1, 8, input, [], 0, [], output));
    }

    /// <summary>t without a border, of all channels as they lie in memory.</summary>
    private static float[] Reference(
        int pictures, int side, int inChannels, int outChannels, int kernel, int stride, float[] weights, float[] offset, float[] unit, byte[]? zero, byte[] input, int paddedIn, int paddedOut, byte[] shortcut, float[] addend, int largest = 127)
    {
        var (outSide, taps, edge) = ((side + stride - 1) / stride, kernel * kernel, (kernel - 1) / 2);
        var result = new float[pictures * outSide * outSide * paddedOut];
        for (var o = 0; o < paddedOut; o++)
        {
            var quantised = new int[inChannels * taps];
            var scale = 1f;
            if (o < outChannels)
            {
                var row = Enumerable.Range(0, quantised.Length).Select(i => weights[(o * quantised.Length) + i] * unit[i / taps]).ToArray();
                scale = row.Max(Math.Abs) / largest;
                quantised = Array.ConvertAll(row, value => (int)MathF.Round(value / scale));
            }

            for (var pixel = 0; pixel < pictures * outSide * outSide; pixel++)
            {
                var (picture, y, x) = (pixel / outSide / outSide, pixel / outSide % outSide, pixel % outSide);
                var sum = 0;
                for (var c = 0; c < inChannels; c++)
                {
                    for (var tap = 0; tap < taps; tap++)
                    {
                        var (row, column) = ((y * stride) - edge + (tap / kernel) + 1, (x * stride) - edge + (tap % kernel) + 1);
                        sum += (input[(((((picture * (side + 2)) + row) * (side + 2)) + column) * paddedIn) + c] - (zero?[c] ?? 0)) * quantised[(c * taps) + tap];
                    }
                }

                var place = (pixel * paddedOut) + o;
                var scaled = sum * (o < outChannels ? scale / OutUnit : 0);
                var t = scaled + (o < outChannels ? offset[o] / OutUnit : 0);
                if (shortcut.Length > 0)
                {
                    var added = shortcut[((((picture * (outSide + 2)) + y + 1) * (outSide + 2)) + x + 1) * paddedOut + o] * ShortcutScale;
                    t += added;
                }

                if (addend.Length > 0) t += addend[place];
                result[place] = t;
            }
        }

        return result;
    }

    private static byte[] WithBorder(float[] values, int pictures, int side, int channels)
    {
        var output = new byte[Convolution.Bordered(pictures, side, channels)];
        Array.Fill(output, (byte)99);
        for (var pixel = 0; pixel < pictures * side * side; pixel++)
        {
            var place = ((((pixel / side / side * (side + 2)) + (pixel / side % side) + 1) * (side + 2)) + (pixel % side) + 1) * channels;
            for (var c = 0; c < channels; c++) output[place + c] = (byte)MathF.Round(Math.Clamp(values[(pixel * channels) + c], 0, 255));
        }

        return output;
    }

    private static float[] Randoms(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => (random.NextSingle() * 2) - 1)];
}
