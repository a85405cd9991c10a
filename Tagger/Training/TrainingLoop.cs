using System.Diagnostics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using static TorchSharp.torch;

namespace Stickers.Tagger.Training;

/// <summary>
/// The optimisation itself, data-parallel over the ranks of a group. A batch is a fixed number of ghost batches (Hoffer et al. 2017), each
/// computed whole on one thread of one rank. Their sum is taken in order within a rank, so that the result does not depend on threads; ranks
/// add theirs up by allreduce, so that it depends on the number of ranks only by rounding.
/// </summary>
internal sealed class TrainingLoop : IDisposable
{
    private const double GradientNorm = 5;
    private const double AverageDecay = 0.998;
    private const double LossSmoothing = 0.98;

    /// <summary>Rounding must not end a training of so many steps before the last of them.</summary>
    private const double LastProgress = 1 - 1e-12;
    private readonly TrainingOptions _options;
    private readonly StageGroup _group;
    private readonly int _ghosts;
    private readonly Exchange _exchange;
    private readonly Replica[] _replicas;
    private readonly VisualComparison[] _comparisons;
    private readonly GhostResult[] _results;
    private readonly BatchOrder _order;
    private double _smoothedLoss = double.NaN;

    /// <param name="network">Shape of the network.</param>
    /// <param name="set">What is learned from, the same on all ranks.</param>
    /// <param name="options">The same on all ranks.</param>
    /// <param name="group">The ranks that train together.</param>
    /// <param name="initial">What the trunk starts from; null for chance.</param>
    /// <exception cref="ArgumentException">There are more ranks than ghost batches in a batch.</exception>
    public TrainingLoop(NetworkConfiguration network, TrainingSet set, TrainingOptions options, StageGroup group, InitialWeights? initial = null)
    {
        NativeHeap.KeepFreed();
        _options = options;
        _group = group;
        _ghosts = options.BatchSize / Trainer.GhostBatch;
        if (group.Size > _ghosts)
            throw new ArgumentException($"{group.Size} ranks cannot share a batch of {options.BatchSize}: each needs {Trainer.GhostBatch} stickers of it. Take at most {_ghosts} ranks, or a batch of {group.Size * Trainer.GhostBatch}.");
        var rows = set.TrainingRows;
        _order = new BatchOrder(rows, options.BatchSize, options.Seed);
        var own = (_ghosts - group.Rank + group.Size - 1) / group.Size;
        manual_seed(options.Seed);
        // A GPU is kept busy by one replica; on a CPU there is one a core.
        var device = cuda.is_available() ? CUDA : CPU;
        _replicas = [.. Enumerable.Range(0, cuda.is_available() ? 1 : Math.Min(own, Environment.ProcessorCount)).Select(_ => new Replica(network, set, options, device))];
        var first = _replicas[0];
        initial?.CopyTo(first.Net);
        first.Net.InitializeTagBias([.. set.Vocabulary.Support.Take(set.Vocabulary.TagCount).Select(s => (float)Math.Log((s + 0.5) / (rows.Length - s + 0.5)))]);

        var parameters = new float[first.Parameters.Length];
        var buffers = new float[first.Buffers.Length];
        first.Parameters.Read(parameters);
        first.Buffers.Read(buffers);
        State = new TrainingState(parameters, buffers, new AdamW(first.Parameters.DecayMask()), new VisualMemory(set.Rows, rows, network.VisualDimension));
        _comparisons = [.. _replicas.Select(_ => new VisualComparison(Trainer.GhostBatch, State.Memory.OtherCount, network.VisualDimension))];
        _results = [.. Enumerable.Range(0, own).Select(_ => new GhostResult(parameters.Length, buffers.Length, Trainer.GhostBatch * network.VisualDimension))];
        _exchange = new Exchange(parameters.Length, buffers.Length, _ghosts, Trainer.GhostBatch * network.VisualDimension);
    }

    /// <summary>Where the training is.</summary>
    public TrainingState State { get; }

    /// <summary>Mean loss of the last step's batch.</summary>
    public double Loss { get; private set; } = double.NaN;

    /// <summary>0 at the start, 1 when done.</summary>
    public double Progress => _options.Steps is not { } steps ? State.Elapsed / _options.Budget
        : State.Step >= steps ? 1
        : Math.Min(TrainingSchedule.Progress(State.Step, steps, _options.InputSide), LastProgress);

    /// <summary>Trains to the end. Collective.</summary>
    /// <param name="checkpoint">Called on every rank now and then, and before a cancellation is obeyed.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Stops all ranks between two steps, whichever of them is told.</param>
    public void Run(Action checkpoint, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        ShareState();
        var clock = Stopwatch.StartNew();
        var before = State.Elapsed;
        var saved = State.Elapsed;
        var control = new float[2];
        while (true)
        {
            // The first rank's clock is everybody's, and who is told to stop stops all: no rank may wait for one that has left.
            control[0] = cancellation.IsCancellationRequested ? 1 : 0;
            control[1] = _group.Rank == 0 ? (float)(before + clock.Elapsed).TotalSeconds : 0;
            _group.Sum(control);
            State.Elapsed = TimeSpan.FromSeconds(control[1]);
            if (Progress >= 1) return;
            if (control[0] > 0)
            {
                checkpoint();
                throw new OperationCanceledException(cancellation);
            }
            if (State.Elapsed - saved >= _options.CheckpointEvery)
            {
                checkpoint();
                saved = State.Elapsed;
            }
            Step();
            progress?.Report(Report());
        }
    }

    public void Dispose()
    {
        foreach (var replica in _replicas) replica.Dispose();
    }

    /// <summary>All ranks begin where the first one is, which alone need have read a checkpoint.</summary>
    private void ShareState()
    {
        foreach (var (_, values) in State.Arrays) _group.Broadcast(MemoryMarshal.AsBytes(values.AsSpan()), 0);
        long[] clock = [State.Step, State.Elapsed.Ticks];
        _group.Broadcast(MemoryMarshal.AsBytes(clock.AsSpan()), 0);
        (State.Step, State.Elapsed) = (clock[0], TimeSpan.FromTicks(clock[1]));
    }

    private void Step()
    {
        var ghosts = _order.Step(State.Step).Chunk(Trainer.GhostBatch).ToArray();
        var side = TrainingSchedule.InputSide(Progress, _options.InputSide);
        Parallel.For(0, _replicas.Length, r =>
        {
            for (var i = r; i < _results.Length; i += _replicas.Length)
            {
                // A ghost batch gets the same draw wherever it is computed.
                var ghost = GhostOf(i);
                State.Memory.Draw(ghosts[ghost], _order.Random(State.Step, ghost), _comparisons[r]);
                _replicas[r].Compute(State.Parameters, State.Buffers, ghosts[ghost], side, _comparisons[r], _results[i]);
            }
        });

        _exchange.Collect(_results, GhostOf);
        _group.Sum(_exchange.Values);
        var norm = _exchange.Divide();
        var loss = _exchange.Loss;
        if (!double.IsFinite(norm) || !float.IsFinite(loss))
            throw new InvalidDataException($"Training diverged at step {State.Step}: loss {loss}, gradient norm {norm}. Lower the learning rate.");
        var rate = TrainingSchedule.Rate(Progress, _options.PeakLearningRate);
        State.Optimizer.Step(State.Parameters, _exchange.Gradient, Math.Min(1, GradientNorm / norm), State.Step + 1, rate, _options.WeightDecay);
        _exchange.Buffers.CopyTo(State.Buffers);
        // A young average follows closely, an old one slowly.
        var decay = (float)Math.Min(AverageDecay, (1.0 + State.Step) / (10.0 + State.Step));
        Chunks.ForEach(State.Parameters.Length, (_, first, count) =>
        {
            var average = State.AverageParameters.AsSpan(first, count);
            TensorPrimitives.Lerp(State.Parameters.AsSpan(first, count), average, decay, average);
        });
        TensorPrimitives.Lerp(State.Buffers, State.AverageBuffers, decay, State.AverageBuffers);
        for (var g = 0; g < ghosts.Length; g++) State.Memory.Remember(ghosts[g], _exchange.VisualOf(g));
        Loss = loss;
        _smoothedLoss = double.IsNaN(_smoothedLoss) ? loss : (LossSmoothing * _smoothedLoss) + ((1 - LossSmoothing) * loss);
        State.Step++;
    }

    /// <summary>Ghost batches are dealt to ranks in turn.</summary>
    private int GhostOf(int own) => _group.Rank + (own * _group.Size);

    private JobProgress Report()
    {
        var note = FormattableString.Invariant($"step {State.Step}, loss {_smoothedLoss:F3}");
        var done = State.Step * _options.BatchSize;
        var all = _options.Steps is { } steps ? steps * (double)_options.BatchSize : done / Math.Max(Progress, 1e-9);
        return new JobProgress("train", done, all, "stickers", note);
    }
}
