using System.Diagnostics;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Tests;

/// <summary>Real processes are killed with -9 in every phase of building, updating and publishing. Whoever reads meanwhile sees a whole index.</summary>
public sealed class KilledBuildTests
{
    private const string RootVariable = "STICKERS_TEST_KILLED_INDEX_ROOT";
    private const string JobVariable = "STICKERS_TEST_KILLED_INDEX_JOB";
    private const string PhaseVariable = "STICKERS_TEST_KILLED_INDEX_PHASE";
    private const string Reached = "phase-reached";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("build", new[] { "check", "sample", "index", "merge", "thumbnails", "stickers", "tags", "commit 0", "commit 2", "publish" })]
    [InlineData("coded build", new[] { "train", "index", "merge" })]
    [InlineData("update", new[] { "sample", "index", "stickers", "tags", "commit 1", "commit 3", "publish" })]
    public async Task KillMinusNine_InEveryPhase_ReadersSeeAWholeIndexAndTheNextRunEndsAlike(string job, string[] phases)
    {
        using var world = await World.CreateAsync(120);
        using var undisturbed = await World.CreateAsync(120);
        var served = await world.BuildAsync();
        await undisturbed.BuildAsync();
        await world.ChangeAsync(keep: 100, total: 130, changed: 5);
        await undisturbed.ChangeAsync(keep: 100, total: 130, changed: 5);
        var expected = await RunAsync(undisturbed.Store, job, null);

        foreach (var phase in phases)
        {
            using var process = Start(world.Store.Root, job, phase);
            var output = process.StandardOutput.ReadToEndAsync(Stop);
            while (!File.Exists(Path.Combine(world.Store.Root, Reached)))
            {
                Assert.False(process.HasExited, $"The process ended by itself before {phase}: {(process.HasExited ? await output : "")}");
                await Task.Delay(5, Stop);
            }

            process.Kill();
            await process.WaitForExitAsync(Stop);
            File.Delete(Path.Combine(world.Store.Root, Reached));
            using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
            Assert.Equal(served.Version, snapshot.Manifest.Version);
            Assert.NotEmpty(snapshot.Search(world.Embeddings[0].Visual, 5));
        }

        var done = await RunAsync(world.Store, job, null);
        Assert.Equal(expected.Version, done.Version);
        Assert.Equal(undisturbed.Bytes(expected.Version), world.Bytes(done.Version));
        Assert.Empty(world.Remains());
        using var now = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal(done.Version, now.Manifest.Version);
    }

    /// <summary>Not a test of its own: the body of the process that is killed.</summary>
    [Fact(Explicit = true)]
    public async Task RunUntilKilled()
    {
        var root = Environment.GetEnvironmentVariable(RootVariable)!;
        await RunAsync(new LocalStore(root), Environment.GetEnvironmentVariable(JobVariable)!, new Brake(root, Environment.GetEnvironmentVariable(PhaseVariable)!));
    }

    private static Task<IndexSummary> RunAsync(LocalStore store, string job, IProgress<JobProgress>? progress) => job switch
    {
        "build" => IndexBuild.RunAsync(store, World.Options(), progress, Stop),
        "coded build" => IndexBuild.RunAsync(store, World.Options(), of => new IndexPlan("Coded4", "test", (int)of.Count, [4]), progress, Stop),
        _ => IndexUpdate.RunAsync(store, new IndexUpdateOptions { Build = World.Options(), CompactAt = 1 }, progress, Stop),
    };

    private static Process Start(string root, string job, string phase)
    {
        // This very test program again, which may have been started as `dotnet program.dll` or on its own.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(KilledBuildTests).Assembly.Location);
        foreach (var argument in (string[])["-explicit", "only", "-method", $"{typeof(KilledBuildTests).FullName}.{nameof(RunUntilKilled)}"])
            start.ArgumentList.Add(argument);
        (start.Environment[RootVariable], start.Environment[JobVariable], start.Environment[PhaseVariable]) = (root, job, phase);
        return Process.Start(start)!;
    }

    /// <summary>Says that the phase is reached, and goes no further.</summary>
    private sealed class Brake(string root, string phase) : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (phase != value.Stage && phase != $"{value.Stage} {value.Done}")
                return;
            File.WriteAllText(Path.Combine(root, Reached), phase);
            Thread.Sleep(Timeout.Infinite);
        }
    }
}
