using Stickers.Catalogue;
using Stickers.Tagger.Network;
using TorchSharp;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>
/// Brings the tag head halfway to one that is fitted to the finished trunk. While the trunk was learning, the head read features that kept moving, of changed views. Logistic regression with an L2 penalty
/// on what the trunk sees of the plain pictures finds more; the average of both logits finds most.
/// </summary>
/// <param name="net">The trained network; its tag head is changed.</param>
/// <param name="set">What it learned from.</param>
/// <param name="features">What the network sees in it.</param>
internal sealed class TagHeadFit(StickerNet net, TrainingSet set, TrainingFeatures features)
{
    private const int Steps = 300, MostOfBatch = 512;
    private const double Rate = 5e-3;

    /// <summary>Strength of the penalty; chosen on validation packs, where three times as much is as good.</summary>
    private static readonly Scalar Penalty = 0.01f;

    /// <summary>Fits it, in some seconds.</summary>
    /// <param name="seed">Seed of the stickers' order.</param>
    /// <param name="progress">Told of the steps.</param>
    /// <param name="cancellation">Stops between two steps; nothing is changed then.</param>
    public void Apply(int seed, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        int tags = net.Configuration.Tags, width = net.FeatureCount, weights = tags * width;
        var order = Enumerable.Range(0, features.Kept).ToArray();
        var carriers = new int[tags];
        foreach (var place in order)
        {
            foreach (var tag in TagsOf(place)) carriers[tag]++;
        }

        // Weights, then offsets, which start at the tags' frequencies.
        var (values, gradient) = (new float[weights + tags], new float[weights + tags]);
        for (var t = 0; t < tags; t++) values[weights + t] = MathF.Log((carriers[t] + 0.5f) / (order.Length - carriers[t] + 0.5f));
        var (optimizer, random, batch) = (new AdamW(new float[values.Length]), new Random(seed), Math.Min(MostOfBatch, order.Length));
        // One thread, as in training, so that the sums do not depend on the number of cores.
        set_num_threads(1);
        using var noGrad = no_grad();
        using var count = tensor((float)batch);
        for (var (step, at) = (0, order.Length); step < Steps; step++, at += batch)
        {
            cancellation.ThrowIfCancellationRequested();
            if (at + batch > order.Length)
            {
                random.Shuffle(order);
                at = 0;
            }

            using var scope = NewDisposeScope();
            var places = order.AsSpan(at, batch);
            var x = net.Normalised(features.Gather(places));                                       // (B, F)
            var weight = HostTensor.Of(values.AsSpan(0, weights), tags, width);
            // The slope of cross-entropy, summed over tags and averaged over stickers.
            var excess = nn.functional.linear(x, weight, HostTensor.Of(values.AsSpan(weights), tags)).sigmoid().sub(Labels(places)).div(count);
            excess.t().matmul(x).add(weight, Penalty).data<float>().CopyTo(gradient.AsSpan(0, weights));
            excess.sum([0L]).data<float>().CopyTo(gradient.AsSpan(weights));
            optimizer.Step(values, gradient, 1, step + 1, Rate * Math.Min(1, 2.0 * (Steps - step) / Steps), 0);
            if (step % 10 == 0) progress?.Report(new JobProgress("tag head", step, Steps, "steps"));
        }

        using var fitted = NewDisposeScope();
        net.AverageTagHead(HostTensor.Of(values.AsSpan(0, weights), tags, width), HostTensor.Of(values.AsSpan(weights), tags));
    }

    private IEnumerable<int> TagsOf(int place) => set.Rows[features.Rows[place]].Tags.Where(tag => tag < net.Configuration.Tags);

    /// <summary>(B, V): 1 or 0.</summary>
    private Tensor Labels(ReadOnlySpan<int> places)
    {
        var tags = net.Configuration.Tags;
        var labels = new float[places.Length * tags];
        for (var i = 0; i < places.Length; i++)
        {
            foreach (var tag in TagsOf(places[i])) labels[(i * tags) + tag] = 1f;
        }

        return HostTensor.Of(labels, places.Length, tags);
    }
}
