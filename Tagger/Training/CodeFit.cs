using Stickers.Catalogue;
using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>
/// Brings the head for binary codes to the network as it will be used. While the trunk was learning, the vectors that the codes are of kept moving, and were those of
/// changed views; now they stand still. The objective is the same.
/// </summary>
/// <param name="net">The trained network; its head for codes is changed.</param>
/// <param name="set">What it learned from.</param>
internal sealed class CodeFit(StickerNet net, TrainingSet set)
{
    private const int MostSteps = 4000, Batch = 32, Others = 512;

    /// <summary>Stickers that are enough to see how vectors lie.</summary>
    private const int MostStickers = 32_768;

    private const double Rate = 2e-3;

    /// <summary>How far an anchor is moved from a sticker: as far as a changed view of it lies.</summary>
    private const float Displacement = 0.25f;

    /// <summary>Some seconds, for as many steps as the training had, at most 4,000.</summary>
    /// <param name="trainingSteps">Steps of the training.</param>
    /// <param name="seed">Seed of which stickers are drawn.</param>
    /// <param name="progress">Told of the steps.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public void Apply(long trainingSteps, int seed, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        if (net.CodeHead is not { } head) return;
        var random = new Random(seed);
        var (steps, d) = ((int)Math.Min(MostSteps, trainingSteps), net.Configuration.VisualDimension);
        var vectors = Vectors(random, cancellation);
        var losses = new Losses(Batch, 0, 1, 1, net.Configuration.CodeBits);
        var weights = net.Configuration.CodeBits * d;
        var (values, gradient) = (new float[weights + net.Configuration.CodeBits], new float[weights + net.Configuration.CodeBits]);
        Values(head.weight, values.AsSpan(0, weights));
        Values(head.bias!, values.AsSpan(weights));
        var optimizer = new AdamW(new float[values.Length]);
        // One thread, as in training, so that the sums do not depend on the number of cores.
        set_num_threads(1);
        for (var step = 0; step < steps; step++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var scope = NewDisposeScope();
            var anchors = HostTensor.Of(Anchors(vectors, d, random), Batch, d);
            var others = HostTensor.Of(Drawn(vectors, d, random), Others, d);
            var weight = HostTensor.Of(values.AsSpan(0, weights), net.Configuration.CodeBits, d).requires_grad_();
            var bias = HostTensor.Of(values.AsSpan(weights), net.Configuration.CodeBits).requires_grad_();
            losses.Code(nn.functional.linear(anchors, weight, bias), nn.functional.linear(others, weight, bias), anchors, others).backward();
            Values(weight.grad!, gradient.AsSpan(0, weights));
            Values(bias.grad!, gradient.AsSpan(weights));
            optimizer.Step(values, gradient, 1, step + 1, Rate * Math.Min(1, 2.0 * (steps - step) / steps), 0);
            if (step % 100 == 0) progress?.Report(new JobProgress("codes", step, steps, "steps"));
        }

        net.SetCodeHead(values.AsSpan(0, weights), values.AsSpan(weights));
    }

    private static void Values(Tensor tensor, Span<float> target) => HostTensor.Values(tensor.detach().cpu().contiguous()).CopyTo(target);

    /// <summary>Visual vectors of training stickers, or of some of very many, row-major.</summary>
    private float[] Vectors(Random random, CancellationToken cancellation)
    {
        var rows = set.TrainingRows;
        random.Shuffle(rows);
        var (inference, d) = (new Inference(net), net.Configuration.VisualDimension);
        var vectors = new float[Math.Min(rows.Length, MostStickers) * d];
        for (var first = 0; first * d < vectors.Length; first += Inference.MaxBatch)
        {
            cancellation.ThrowIfCancellationRequested();
            var start = first;
            inference.Run(Math.Min(Inference.MaxBatch, (vectors.Length / d) - first), set.FittedSide, i => set.Image(rows[start + i])).Visual.CopyTo(vectors, first * d);
        }

        return vectors;
    }

    private static float[] Drawn(float[] vectors, int d, Random random)
    {
        var drawn = new float[Others * d];
        for (var i = 0; i < Others; i++) vectors.AsSpan(random.Next(vectors.Length / d) * d, d).CopyTo(drawn.AsSpan(i * d, d));
        return drawn;
    }

    private static float[] Anchors(float[] vectors, int d, Random random)
    {
        var anchors = new float[Batch * d];
        var step = new float[d];
        for (var i = 0; i < Batch; i++)
        {
            // A sum of uniform numbers is round enough to have no direction of its own.
            for (var j = 0; j < d; j++) step[j] = random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
            var scale = Displacement / MathF.Sqrt(ExactDot.Product(step, step));
            var anchor = anchors.AsSpan(i * d, d);
            var vector = vectors.AsSpan(random.Next(vectors.Length / d) * d, d);
            for (var j = 0; j < d; j++) anchor[j] = vector[j] + (scale * step[j]);
            var norm = MathF.Sqrt(ExactDot.Product(anchor, anchor));
            foreach (ref var value in anchor) value /= norm;
        }

        return anchors;
    }
}
