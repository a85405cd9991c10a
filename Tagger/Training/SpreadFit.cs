using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.Tagger.Evaluating;
using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>
/// Chooses how sharply near prototypes count before far ones, by macro mAP on validation stickers. Where a sticker's own concept was learned from other hands the nearest few say most; where it was not, many together do,
/// and then one spread is better than another by less than chance: so the usual one stays unless another is better by two standard errors of the tags' differences.
/// </summary>
/// <param name="net">The fitted network; its spread is set.</param>
/// <param name="set">Where the stickers are.</param>
internal sealed class SpreadFit(StickerNet net, TrainingSet set)
{
    /// <summary>Those to choose from, the usual one first, which stays where validation measures fewer than two tags.</summary>
    internal static readonly float[] Spreads = [20, 17, 25, 30, 40];

    /// <summary>Standard errors that a mean difference has to reach.</summary>
    private const double Proof = 2;

    /// <summary>Stickers that are enough to tell them apart.</summary>
    private const int MostStickers = 8192;

    /// <summary>Carriers that a tag needs to be measured, as <see cref="Evaluation"/> has it.</summary>
    private const int LeastCarriers = 3;

    /// <summary>Chooses it, in some seconds.</summary>
    /// <param name="progress">Told of what was tried.</param>
    /// <param name="cancellation">Stops between two; the network then has one of them.</param>
    public void Apply(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        int[] rows = [.. set.ValidationRows.Take(MostStickers)];
        var tags = set.Vocabulary.TagCount;
        var given = new bool[tags][];
        for (var t = 0; t < tags; t++) given[t] = new bool[rows.Length];
        for (var i = 0; i < rows.Length; i++)
        {
            foreach (var tag in set.Rows[rows[i]].Tags.Where(t => t < tags)) given[tag][i] = true;
        }

        var seen = Seen(rows, cancellation);
        int[] measured = [.. Enumerable.Range(0, tags).Where(t => given[t].Count(has => has) >= LeastCarriers)];
        var (best, most, usual) = (Spreads[0], 0.0, Array.Empty<double>());
        for (var tried = 0; measured.Length > 1 && tried < Spreads.Length; tried++)
        {
            cancellation.ThrowIfCancellationRequested();
            progress?.Report(new JobProgress("prototypes", tried, Spreads.Length, "spreads"));
            net.SetPrototypeSpread(Spreads[tried]);
            float[] logits = [.. seen.SelectMany(Logits)];
            var column = new float[rows.Length];
            var precisions = Array.ConvertAll(measured, tag =>
            {
                for (var i = 0; i < column.Length; i++) column[i] = logits[(i * tags) + tag];
                return AveragePrecision.Of(column, given[tag])!.Value;
            });
            if (tried == 0) usual = precisions;
            else if (Gain(precisions, usual) is var gain && gain > most) (best, most) = (Spreads[tried], gain);
        }

        net.SetPrototypeSpread(best);
    }

    /// <summary>Mean difference of two or more paired values, or 0 where it is not proven.</summary>
    private static double Gain(double[] values, double[] usual)
    {
        var differences = new double[values.Length];
        TensorPrimitives.Subtract(values, usual, differences);
        var mean = TensorPrimitives.Average<double>(differences);
        return mean >= Proof * TensorPrimitives.StdDev<double>(differences) / Math.Sqrt(differences.Length - 1) ? mean : 0;
    }

    /// <summary>Features of stickers, batch after batch: the trunk runs once for all that is tried.</summary>
    private List<float[]> Seen(int[] rows, CancellationToken cancellation)
    {
        var inference = new Inference(net);
        var seen = new List<float[]>();
        foreach (var batch in rows.Chunk(Inference.MaxBatch))
        {
            cancellation.ThrowIfCancellationRequested();
            seen.Add(inference.Features(batch.Length, set.FittedSide, i => set.Image(batch[i])));
        }

        return seen;
    }

    private float[] Logits(float[] seen)
    {
        // One thread, as in training, so that the choice does not depend on the number of cores.
        set_num_threads(1);
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var features = HostTensor.Of(seen, seen.Length / net.FeatureCount, net.FeatureCount);
        return net.TagLogits(features, net.SemanticOf(net.SemanticFeatures(features))).data<float>().ToArray();
    }
}
