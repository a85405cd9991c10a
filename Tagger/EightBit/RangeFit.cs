using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.EightBit;

/// <summary>
/// Chooses ranges of activations on some stickers: those with the least squared error of all values, which cut off a few far out so that the many are told apart more finely.
/// </summary>
internal static class RangeFit
{
    /// <summary>Stickers that are enough.</summary>
    private const int Stickers = 256;

    /// <summary>Values of a layer that are looked at, evenly spaced.</summary>
    private const int MostValues = 1 << 18;

    /// <summary>Stickers that go through the network together.</summary>
    private const int Batch = 32;

    /// <summary>Ranges tried, as hundredths of the largest value.</summary>
    private static readonly int[] Tried = [.. Enumerable.Range(10, 41).Select(i => 2 * i)];

    /// <summary>The ranges of a network that learns no more.</summary>
    /// <param name="net">The network, on the host; in evaluation mode afterwards.</param>
    /// <param name="rows">Stickers to choose among.</param>
    /// <param name="fittedSide">Side of their fitted images.</param>
    /// <param name="image">The fitted image of one of them.</param>
    public static ActivationRanges Of(StickerNet net, IReadOnlyList<int> rows, int fittedSide, FittedImage image)
    {
        ArgumentOutOfRangeException.ThrowIfZero(rows.Count, nameof(rows));
        net.eval();
        using var noGrad = no_grad();
        // One thread, as in training, so that the sums do not depend on the number of cores.
        set_num_threads(1);
        var count = Math.Min(Stickers, rows.Count);
        var values = Enumerable.Range(0, ActivationRanges.CountOf(net.Configuration)).Select(_ => new List<float>()).ToArray();
        for (var first = 0; first < count; first += Batch)
        {
            using var scope = NewDisposeScope();
            var start = first;
            var input = Inference.InputOf(Math.Min(Batch, count - first), fittedSide, i => image(rows[(int)((long)(start + i) * rows.Count / count)]), net.Configuration.InputSide, CPU);
            foreach (var (layer, activations) in net.Activations(input).Index())
            {
                var all = activations.contiguous().data<float>().ToArray();
                // Odd, so that it does not keep step with the rows of the maps.
                var step = (int)((long)all.Length * count / (input.shape[0] * MostValues)) | 1;
                for (var i = 0; i < all.Length; i += step) values[layer].Add(all[i]);
            }
        }

        return new ActivationRanges([.. values.Select(Best)], net.Configuration, "the training");
    }

    private static float Best(List<float> values)
    {
        var largest = values.Max();
        // A layer that never answers: any range holds it.
        if (!(largest > 0)) return 1;
        return Tried.Select(hundredths => largest * hundredths / 100).MinBy(range => Error(values, range));
    }

    private static double Error(List<float> values, float range)
    {
        double sum = 0;
        var unit = range / byte.MaxValue;
        foreach (var value in values)
        {
            var error = (Math.Min(MathF.Round(value / unit), byte.MaxValue) * unit) - value;
            sum += error * error;
        }

        return sum;
    }
}
