using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Training;

/// <summary>A small real training: 48 drawn squares and discs in two colours, four tags.</summary>
public sealed class TrainingLoopTests : IDisposable
{
    private const int Side = 32;
    private readonly string _folder = Directory.CreateTempSubdirectory("training-").FullName;
    private readonly TrainingSet _set;

    public TrainingLoopTests() => _set = DrawnTrainingSet.Create(_folder, Side);

    [Fact]
    public void Run_StoppedAndResumed_EqualsOneRun()
    {
        var whole = Run(12, null);
        var checkpoint = Path.Combine(_folder, "checkpoint");
        using (var first = Loop(12))
        {
            using var stop = new CancellationTokenSource();
            var report = new Reporter(() => first.State.Step == 5, stop);
            Assert.Throws<OperationCanceledException>(() => first.Run(() => Checkpoint.Save(checkpoint, first.State, "inputs"), report, stop.Token));
            Assert.Equal(5, first.State.Step);
        }

        Assert.Equal(whole, Run(12, checkpoint));
    }

    [Fact]
    public void Run_ManySteps_LearnsAndLeaksNoTensor()
    {
        // The visual loss only starts once stickers are remembered and would blur the comparison.
        using var loop = Loop(60, visualWeight: 0);
        var alive = new List<long>();
        double first = 0, last = 0;
        var step = 0;
        loop.Run(() => { }, new Watcher(p =>
        {
            var loss = double.Parse(p.Note!.Split("loss ")[1], System.Globalization.CultureInfo.InvariantCulture);
            if (step++ == 0) first = loss;
            last = loss;
            alive.Add(TorchSharp.torch.Tensor.TotalCount);
        }), CancellationToken.None);

        Assert.True(last < first * 0.8, $"loss went from {first} to {last}");
        Assert.Equal(alive[20], alive[^1]);
    }

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Run_SeveralRanks_FollowsTheLossesOfOne(int ranks)
    {
        const int Steps = 8;
        var alone = await LossesAsync(1);
        var together = await LossesAsync(ranks);

        for (var step = 0; step < Steps; step++)
        {
            // Only the order of additions differs.
            Assert.All(together, rank => Assert.InRange(rank[step] / alone[0][step], 1 - 1e-3, 1 + 1e-3));
            Assert.All(together, rank => Assert.Equal(together[0][step], rank[step]));
        }

        async Task<double[][]> LossesAsync(int size)
        {
            // Made one after the other: the generator that draws the first weights is the process's.
            var loops = ThreadGroup.Create(size).Select(group => Loop(Steps, group: group, ghosts: 4)).ToArray();
            return await Task.WhenAll(loops.Select(loop => Task.Run(() =>
            {
                var losses = new List<double>();
                using var mine = loop;
                loop.Run(() => { }, new Watcher(_ => losses.Add(loop.Loss)), CancellationToken.None);
                return losses.ToArray();
            })));
        }
    }

    [Fact]
    public async Task Run_OneRankIsToldToStop_AllStopAtTheSameStep()
    {
        using var stop = new CancellationTokenSource();
        var steps = await Task.WhenAll(ThreadGroup.Create(2).Select(group => Task.Run(() =>
        {
            using var loop = Loop(1000, group: group);
            var mine = group.Rank == 1 ? stop : new CancellationTokenSource();
            Assert.Throws<OperationCanceledException>(() => loop.Run(() => { }, new Reporter(() => group.Rank == 1 && loop.State.Step == 3, stop), mine.Token));
            return loop.State.Step;
        })));

        Assert.Equal([3, 3], steps);
    }

    [Fact]
    public void Create_MoreRanksThanGhostBatches_SaysWhatToDo()
    {
        var error = Assert.Throws<ArgumentException>(() => Loop(1, group: ThreadGroup.Create(3)[2]));

        Assert.Contains("at most 2 ranks", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_OtherInputs_IsRefusedWithBoth()
    {
        var checkpoint = Path.Combine(_folder, "checkpoint");
        using var loop = Loop(3);
        Checkpoint.Save(checkpoint, loop.State, "these");

        var error = Assert.Throws<InvalidDataException>(() => Checkpoint.TryLoad(checkpoint, loop.State, "those"));

        Assert.Contains("these", error.Message, StringComparison.Ordinal);
        Assert.Contains("those", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryLoad_TruncatedFile_IsRefused()
    {
        var checkpoint = Path.Combine(_folder, "checkpoint");
        using var loop = Loop(3);
        Checkpoint.Save(checkpoint, loop.State, "inputs");
        File.WriteAllBytes(checkpoint, File.ReadAllBytes(checkpoint)[..^100]);

        Assert.Throws<InvalidDataException>(() => Checkpoint.TryLoad(checkpoint, loop.State, "inputs"));
    }

    public void Dispose()
    {
        _set.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private TrainingLoop Loop(int steps, double visualWeight = 0.5, StageGroup? group = null, int ghosts = 2)
    {
        var options = new TrainingOptions { Catalogue = "c", Version = "v", Steps = steps, Seed = 7, InputSide = Side, BatchSize = ghosts * Trainer.GhostBatch, Widths = [16, 8, 16, 16], VisualWeight = visualWeight };
        var network = new NetworkConfiguration { InputSide = Side, Widths = options.Widths, Tags = 4, Meanings = 4, VisualDimension = 16, SemanticDimension = 16, CodeBits = 16 };
        return new TrainingLoop(network, _set, options, group ?? StageGroup.Alone);
    }

    private float[] Run(int steps, string? checkpoint)
    {
        using var loop = Loop(steps);
        if (checkpoint is not null) Assert.True(Checkpoint.TryLoad(checkpoint, loop.State, "inputs"));
        loop.Run(() => { }, null, CancellationToken.None);
        return [.. loop.State.Arrays.SelectMany(a => a.Values)];
    }

    private sealed class Reporter(Func<bool> when, CancellationTokenSource stop) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (when()) stop.Cancel();
        }
    }

    private sealed class Watcher(Action<JobProgress> action) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => action(value);
    }
}
