using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>What the finished trunk sees in stickers of a training set; of the first 32,768 it is computed once and kept.</summary>
/// <param name="net">The network.</param>
/// <param name="set">Where the stickers are.</param>
/// <param name="rows">Their row numbers.</param>
internal sealed class TrainingFeatures(StickerNet net, TrainingSet set, int[] rows)
{
    private const int MostKept = 32_768;

    private readonly Inference _inference = new(net);
    private readonly List<float[]> _kept = [];

    /// <summary>Row numbers of the stickers.</summary>
    public int[] Rows { get; } = rows;

    /// <summary>Stickers that <see cref="Gather"/> may ask for: the first of the rows.</summary>
    public int Kept => Math.Min(Rows.Length, MostKept);

    /// <summary>Calls back with batch after batch: the place of its first sticker among the rows, and (n, F).</summary>
    public void ForEachBatch(Action<int, Tensor> use, CancellationToken cancellation)
    {
        for (var batch = 0; batch * Inference.MaxBatch < Rows.Length; batch++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            // One thread, as in training, so that the sums do not depend on the number of cores.
            set_num_threads(1);
            var values = Batch(batch);
            use(batch * Inference.MaxBatch, HostTensor.Of(values, values.Length / net.FeatureCount, net.FeatureCount));
        }
    }

    /// <summary>Some by their places among the rows: (n, F).</summary>
    /// <param name="places">Below <see cref="Kept"/>.</param>
    public Tensor Gather(ReadOnlySpan<int> places)
    {
        var width = net.FeatureCount;
        var gathered = new float[places.Length * width];
        for (var i = 0; i < places.Length; i++)
        {
            var (batch, place) = Math.DivRem(places[i], Inference.MaxBatch);
            Batch(batch).AsSpan(place * width, width).CopyTo(gathered.AsSpan(i * width));
        }

        return HostTensor.Of(gathered, places.Length, width);
    }

    private float[] Batch(int batch)
    {
        while (batch >= _kept.Count && _kept.Count * Inference.MaxBatch < Kept) _kept.Add(Compute(_kept.Count));
        return batch < _kept.Count ? _kept[batch] : Compute(batch);
    }

    private float[] Compute(int batch)
    {
        var first = batch * Inference.MaxBatch;
        return _inference.Features(Math.Min(Inference.MaxBatch, Rows.Length - first), set.FittedSide, i => set.Image(Rows[first + i]));
    }
}
