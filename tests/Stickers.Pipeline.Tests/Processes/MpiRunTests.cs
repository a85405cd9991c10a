using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Processes;

/// <summary>Real processes under mpirun, with MPI inside stages and ZeroMQ between them.</summary>
public sealed class MpiRunTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();
    private readonly TemporaryStore _expected = new();

    public MpiRunTests() => JobProcess.RequireMpi();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _temporary.Dispose();
        _expected.Dispose();
    }

    [Theory]
    [InlineData(1, 1, 0)]
    [InlineData(0, 1, 1)]
    [InlineData(2, 1, 1)]
    [InlineData(1, 2, 1)]
    [InlineData(4, 2, 1)]
    [InlineData(2, 3, 2)]
    [InlineData(0, 7, 0)]
    public async Task Job_UnderMpirun_WritesTheBytesOfOneProcess(int preprocess, int main, int postprocess)
    {
        using var process = JobProcess.Start(_temporary.Store.Root, "numbers", preprocess + main + postprocess, preprocess, main, postprocess);
        var (code, output, error) = await process.EndAsync();

        Assert.True(code == 0, $"The job ended with {code}.\n{output}\n{error}");
        Assert.Contains("1440 = 1329 + 111, 24 shards", output, StringComparison.Ordinal);
        await AssertBytesAsync();
    }

    [Theory]
    [InlineData("Source")]
    [InlineData("Preprocess")]
    [InlineData("Main")]
    [InlineData("Postprocess")]
    [InlineData("Sink")]
    public async Task Job_WhoseStageThrows_EndsAllRanksWithThatError(string stage)
    {
        using var process = JobProcess.Start(_temporary.Store.Root, $"throws {stage}", 4, 2, 1, 1);
        var (code, output, error) = await process.EndAsync();

        Assert.Equal(1, code);
        Assert.Contains($"failed: Stage {stage.ToLowerInvariant()}, shard 12 ('numbers-12')", error, StringComparison.Ordinal);
        Assert.Contains("ArithmeticException: seven seven seven", error, StringComparison.Ordinal);
        await AssertNoSurvivorsAsync(output);
    }

    [Fact]
    public async Task Job_OfAGroupOfRanks_WritesTheBytesOfOneProcess()
    {
        using var process = JobProcess.Start(_temporary.Store.Root, JobProcess.GroupWord, 3, 0, 1, 0);
        var (code, output, error) = await process.EndAsync();
        Assert.True(code == 0, error);
        Assert.Equal(3, output.Split('\n').Count(line => line.Contains("group of 3", StringComparison.Ordinal)));
        await AssertBytesAsync();
    }

    [Fact]
    public async Task Job_WithAnotherNumberOfRanks_IsRefused()
    {
        using var process = JobProcess.Start(_temporary.Store.Root, "numbers", 3, 1, 1, 0);
        var (code, _, error) = await process.EndAsync();
        Assert.Equal(1, code);
        Assert.Contains("= 2, but there are 3 processes", error, StringComparison.Ordinal);
    }

    /// <summary>STICKERS_TEST_KILLS says how often, else four times.</summary>
    [Fact]
    public async Task KillMinusNine_OfAnyRankAtRandomMoments_NextRunsGoOnToTheSameBytes()
    {
        var random = new Random(20261123);
        var kills = int.TryParse(Environment.GetEnvironmentVariable("STICKERS_TEST_KILLS"), out var asked) ? asked : 4;
        for (var kill = 0; kill < kills; kill++)
        {
            var (preprocess, main, postprocess) = ((int, int, int)[])[(2, 1, 1), (1, 2, 1), (1, 1, 2)] is var layouts ? layouts[kill % 3] : default;
            using var process = JobProcess.Start(_temporary.Store.Root, "slow", 4, preprocess, main, postprocess);
            var pids = new List<int>();
            while (pids.Count < 4 && await process.StandardOutput.ReadLineAsync(Token) is { } line)
            {
                if (line.StartsWith("process ", StringComparison.Ordinal)) pids.Add(int.Parse(line[8..]));
            }

            await Task.Delay(random.Next(100, 2500), Token);
            var victim = random.Next(4);
            try
            {
                using var rank = System.Diagnostics.Process.GetProcessById(pids[victim]);
                rank.Kill();
            }
            catch (ArgumentException)
            {
                // The job was faster; that too is a moment to be killed at.
            }

            var (_, output, _) = await process.EndAsync();
            await AssertNoSurvivorsAsync(output, pids);
        }

        using var last = JobProcess.Start(_temporary.Store.Root, "numbers", 3, 1, 1, 1);
        var (code, _, error) = await last.EndAsync();
        Assert.True(code == 0, error);
        await AssertBytesAsync();
    }

    private async Task AssertBytesAsync()
    {
        await JobRunner.RunAsync(JobProcess.CreateJob("numbers"), _expected.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.Equal(_expected.Read("out/"), _temporary.Read("out/"));
    }

    private static async Task AssertNoSurvivorsAsync(string output, IEnumerable<int>? known = null)
    {
        var pids = output.Split('\n').Where(line => line.StartsWith("process ", StringComparison.Ordinal)).Select(line => int.Parse(line[8..])).Concat(known ?? []).ToArray();
        for (var wait = 0; wait < 100 && pids.Any(IsAlive); wait++) await Task.Delay(100, Token);
        Assert.DoesNotContain(pids, IsAlive);
    }

    private static bool IsAlive(int pid)
    {
        try
        {
            return !File.ReadAllText($"/proc/{pid}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }
}
