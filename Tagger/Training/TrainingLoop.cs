using System.Diagnostics;
using System.Numerics.Tensors;
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
    private readonly Replica[] _replicas;
    private readonly GhostResult[] _results;
    private readonly BatchOrder _order;
    private double _smoothedLoss = double.NaN;

    public TrainingLoop(NetworkConfiguration network, TrainingSet set, TrainingOptions options)
    {
        _options = options;
        var rows = set.TrainingRows;
        _order = new BatchOrder(rows, options.BatchSize, options.Seed);
        var ghosts = options.BatchSize / Trainer.GhostBatch;
        manual_seed(options.Seed);
        // A GPU is kept busy by one replica; on a CPU there is one a core.
        var device = cuda.is_available() ? CUDA : CPU;
        _replicas = [.. Enumerable.Range(0, cuda.is_available() ? 1 : Math.Min(ghosts, Environment.ProcessorCount)).Select(_ => new Replica(network, set, options, device))];
        var first = _replicas[0];
        first.Net.InitializeTagBias([.. set.Vocabulary.Support.Take(set.Vocabulary.TagCount).Select(s => (float)Math.Log((s + 0.5) / (rows.Length - s + 0.5)))]);

        var parameters = new float[first.Parameters.Length];
        var buffers = new float[first.Buffers.Length];
        first.Parameters.Read(parameters);
        first.Buffers.Read(buffers);
        State = new TrainingState(parameters, buffers, new AdamW(first.Parameters.DecayMask()), new VisualMemory(set.Rows, rows, network.VisualDimension));
        _results = [.. Enumerable.Range(0, ghosts).Select(_ => new GhostResult(parameters.Length, buffers.Length, Trainer.GhostBatch * network.VisualDimension))];
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
    }

    private void Step()
    {
        var ghosts = _order.Step(State.Step).Chunk(Trainer.GhostBatch).ToArray();
        var random = _order.Random(State.Step);
        var side = TrainingSchedule.InputSide(Progress, _options.InputSide);
        var comparisons = ghosts.Select(g => State.Memory.Draw(g, random)).ToArray();
        Parallel.For(0, _replicas.Length, r =>
        {
            for (var g = r; g < ghosts.Length; g += _replicas.Length)
                _replicas[r].Compute(State.Parameters, State.Buffers, ghosts[g], side, comparisons[g], _results[g]);
        });

        var gradient = Mean(r => r.Gradient);
        var norm = TensorPrimitives.Norm<float>(gradient);
        var loss = _results.Average(r => r.Loss);
        if (!float.IsFinite(norm) || !double.IsFinite(loss))
            throw new InvalidDataException($"Training diverged at step {State.Step}: loss {loss}, gradient norm {norm}. Lower the learning rate.");
        var rate = TrainingSchedule.Rate(Progress, _options.PeakLearningRate);
        State.Optimizer.Step(State.Parameters, gradient, Math.Min(1, GradientNorm / norm), State.Step + 1, rate, _options.WeightDecay);
        Mean(r => r.Buffers).CopyTo(State.Buffers);
        // A young average follows closely, an old one slowly.
        var decay = (float)Math.Min(AverageDecay, (1.0 + State.Step) / (10.0 + State.Step));
        TensorPrimitives.Lerp(State.Parameters, State.AverageParameters, decay, State.AverageParameters);
        TensorPrimitives.Lerp(State.Buffers, State.AverageBuffers, decay, State.AverageBuffers);
        for (var g = 0; g < ghosts.Length; g++) State.Memory.Remember(ghosts[g], _results[g].Visual);
        _smoothedLoss = double.IsNaN(_smoothedLoss) ? loss : (LossSmoothing * _smoothedLoss) + ((1 - LossSmoothing) * loss);
        State.Step++;
    }

    /// <summary>The mean over the ghost batches, in their order, left in the first one's array.</summary>
    private Span<float> Mean(Func<GhostResult, float[]> select)
    {
        var mean = select(_results[0]).AsSpan();
        foreach (var other in _results.AsSpan(1)) TensorPrimitives.Add(mean, select(other), mean);
        TensorPrimitives.Divide(mean, _results.Length, mean);
        return mean;
    }

    private JobProgress Report()
    {
        var note = FormattableString.Invariant($"step {State.Step}, loss {_smoothedLoss:F3}");
        var done = State.Step * _options.BatchSize;
        return new JobProgress("train", done, done / Math.Max(Progress, 1e-9), "stickers", note);
    }
}
