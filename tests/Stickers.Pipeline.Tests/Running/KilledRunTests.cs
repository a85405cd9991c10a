using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Running;

public sealed class KilledRunTests
{
    /// <summary>STICKERS_TEST_KILLS says how often, else five times.</summary>
    [Fact]
    public async Task KillMinusNine_AtRandomMoments_NextRunsGoOnToTheSameBytes()
    {
        var token = TestContext.Current.CancellationToken;
        var random = new Random(20261123);
        var kills = int.TryParse(Environment.GetEnvironmentVariable("STICKERS_TEST_KILLS"), out var asked) ? asked : 5;
        using var temporary = new TemporaryStore();
        for (var kill = 0; kill < kills; kill++)
        {
            using var process = JobProcess.Start(temporary.Store.Root, "slow", 0, 2, 2, 1);
            Assert.StartsWith("process ", await process.StandardOutput.ReadLineAsync(token), StringComparison.Ordinal);
            // Late enough to have begun, early enough not to be done; a few shards more each time.
            await Task.Delay(random.Next(50, 700), token);
            process.Kill();
            await process.EndAsync();
        }

        await JobRunner.RunAsync(JobProcess.CreateJob("numbers"), temporary.Store, new RunOptions { Folder = "out", Preprocess = 3 }, cancellation: token);
        using var other = new TemporaryStore();
        await JobRunner.RunAsync(JobProcess.CreateJob("numbers"), other.Store, new RunOptions { Folder = "out" }, cancellation: token);
        Assert.Equal(other.Read("out/"), temporary.Read("out/"));
    }
}
