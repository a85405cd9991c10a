using System.Diagnostics;
using Stickers.Catalogue;
using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>
/// The optimisation itself. A batch is a fixed number of ghost batches (Hoffer et al. 2017), each computed whole on one thread and
/// averaged in order, so that the result does not depend on how many threads there are.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private const double GradientNorm = 5;
    private const double AverageDecay = 0.998;
    private const double LossSmoothing = 0.98;
    private readonly TrainingOptions _options;
    private readonly TrainingSet _set;
    private readonly Replica[] _replicas;
    private readonly BatchOrder _order;
    private double _smoothedLoss = double.NaN;

    public TrainingLoop(NetworkConfiguration network, TrainingSet set, TrainingOptions options, IReadOnlyList<int> support)
    {
        _options = options;
        _set = set;
        var rows = set.TaggedRows(SplitPart.Train);
        _order = new BatchOrder(rows, options.BatchSize, options.Seed);
        manual_seed(options.Seed);
        var ghosts = options.BatchSize / Trainer.GhostBatch;
        _replicas = [.. Enumerable.Range(0, Math.Min(ghosts, Environment.ProcessorCount)).Select(_ => new Replica(network, set, options, HalfPrecision.IsFast))];
        var first = _replicas[0];
        first.Net.InitializeTagBias([.. support.Select(s => (float)Math.Log((s + 0.5) / (rows.Length - s + 0.5)))]);

        using var scope = NewDisposeScope();
        State = new TrainingState
        {
            Parameters = first.Parameters.Read().DetachFromDisposeScope(),
            Buffers = first.Buffers.Read().DetachFromDisposeScope(),
            AverageParameters = first.Parameters.Read().DetachFromDisposeScope(),
            AverageBuffers = first.Buffers.Read().DetachFromDisposeScope(),
            Optimizer = new AdamW(first.Parameters.DecayMask()),
            Memory = new VisualMemory(set.Rows, rows, network.VisualDimension),
        };
    }

    /// <summary>Where the training is.</summary>
    public TrainingState State { get; }

    /// <summary>0 at the start, 1 when done.</summary>
    public double Progress => _options.Steps is { } steps ? (double)State.Step / steps : State.Elapsed / _options.Budget;

    /// <summary>Trains to the end.</summary>
    /// <param name="checkpoint">Called now and then, and before a cancellation is obeyed.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Stops between two steps.</param>
    public void Run(Action checkpoint, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var clock = Stopwatch.StartNew();
        var before = State.Elapsed;
        var saved = clock.Elapsed;
        while (Progress < 1)
        {
            if (cancellation.IsCancellationRequested)
            {
                checkpoint();
                cancellation.ThrowIfCancellationRequested();
            }
            Step();
            State.Elapsed = before + clock.Elapsed;
            progress?.Report(Report());
            if (clock.Elapsed - saved >= _options.CheckpointEvery)
            {
                checkpoint();
                saved = clock.Elapsed;
            }
        }
    }

    public void Dispose()
    {
        foreach (var replica in _replicas) replica.Dispose();
        State.Dispose();
    }

    private void Step()
    {
        using var scope = NewDisposeScope();
        var batch = _order.Step(State.Step);
        var ghosts = batch.Chunk(Trainer.GhostBatch).ToArray();
        var random = _order.Random(State.Step);
        var memories = ghosts.Select(g => State.Memory.Draw(g, random)).ToArray();
        var results = new GhostResult[ghosts.Length];
        Parallel.For(0, _replicas.Length, new ParallelOptions { MaxDegreeOfParallelism = _replicas.Length }, r =>
        {
            for (var g = r; g < ghosts.Length; g += _replicas.Length)
                results[g] = _replicas[r].Compute(State.Parameters, State.Buffers, ghosts[g], memories[g]);
        });

        using var noGrad = no_grad();
        var gradient = Mean(results.Select(r => r.Gradient));
        var norm = gradient.norm().item<float>();
        var loss = results.Average(r => r.Loss);
        if (!float.IsFinite(norm) || !double.IsFinite(loss))
            throw new InvalidDataException($"Training diverged at step {State.Step}: loss {loss}, gradient norm {norm}. Lower the learning rate.");
        if (norm > GradientNorm) gradient.mul_(GradientNorm / norm);
        State.Optimizer.Step(State.Parameters, gradient, State.Step + 1, LearningRateSchedule.Rate(Progress, _options.PeakLearningRate), _options.WeightDecay);
        State.Buffers.copy_(Mean(results.Select(r => r.Buffers)));
        // A young average follows closely, an old one slowly.
        var decay = Math.Min(AverageDecay, (1.0 + State.Step) / (10.0 + State.Step));
        State.AverageParameters.mul_(decay).add_(State.Parameters, 1 - decay);
        State.AverageBuffers.mul_(decay).add_(State.Buffers, 1 - decay);
        for (var g = 0; g < ghosts.Length; g++) State.Memory.Remember(ghosts[g], results[g].Visual);

        foreach (var result in results) result.Dispose();
        foreach (var memory in memories) memory.Dispose();
        _smoothedLoss = double.IsNaN(_smoothedLoss) ? loss : (LossSmoothing * _smoothedLoss) + ((1 - LossSmoothing) * loss);
        State.Step++;
    }

    private static Tensor Mean(IEnumerable<Tensor> tensors)
    {
        var all = tensors.ToArray();
        var sum = all[0].clone();
        foreach (var other in all.AsSpan(1)) sum.add_(other);
        return sum.div_(all.Length);
    }

    private JobProgress Report()
    {
        var note = FormattableString.Invariant($"step {State.Step}, loss {_smoothedLoss:F3}");
        var done = State.Step * _options.BatchSize;
        return new JobProgress("train", done, done / Math.Max(Progress, 1e-9), "stickers", note);
    }
}
