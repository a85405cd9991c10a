using Stickers.Cli.Launch;

namespace Stickers.Cli.Tests.Launch;

/// <summary>The real mpirun, with a shell script in place of the program.</summary>
public sealed class MpirunTests : IDisposable
{
    private readonly StringWriter _output = new();
    private readonly StringWriter _error = new();

    public MpirunTests() => RequireMpirun();

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task RunHereAsync_WordsOfRanks_BearTheirStageAndNumber()
    {
        await RunAsync("echo \"I am $OMPI_COMM_WORLD_RANK of $OMPI_COMM_WORLD_SIZE\"; echo oh >&2", Stop);
        Assert.Equal(["[main 0] I am 2 of 3", "[preprocess 0] I am 0 of 3", "[preprocess 1] I am 1 of 3"], Lines(_output));
        Assert.Equal(["[main 0] oh", "[preprocess 0] oh", "[preprocess 1] oh"], Lines(_error).Where(line => line.Contains("oh", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunHereAsync_Bare_LeavesStandardOutputAlone()
    {
        await RunAsync("[ $OMPI_COMM_WORLD_RANK = 0 ] && echo '{\"written\": 7}' || true", Stop, bare: true);
        Assert.Equal(["{\"written\": 7}"], Lines(_output));
    }

    [Fact]
    public async Task RunHereAsync_ARankThatFails_EndsAllWithItsCode()
    {
        var failure = await Assert.ThrowsAsync<LaunchFailedException>(() => RunAsync("if [ $OMPI_COMM_WORLD_RANK = 1 ]; then echo 'out of paint' >&2; exit 9; fi; sleep 300", Stop));
        Assert.Equal(9, failure.Code);
        Assert.Contains("[preprocess 1] out of paint", _error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunHereAsync_Cancelled_EndsEveryRank()
    {
        using var folder = new TemporaryFolder();
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = RunAsync($"echo $$ > {folder.Path}/$OMPI_COMM_WORLD_RANK; exec sleep 300", stop.Token);
        while (Directory.GetFiles(folder.Path).Count(file => new FileInfo(file).Length > 0) < 3)
        {
            Assert.False(running.IsCompleted, _error.ToString());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        var ranks = Directory.GetFiles(folder.Path).Select(file => File.ReadAllText(file).Trim()).ToArray();
        for (var wait = 0; wait < 100 && ranks.Any(IsAlive); wait++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(ranks, IsAlive);
    }

    /// <summary>Skips where there is no Open MPI; in continuous integration that is a failure.</summary>
    internal static void RequireMpirun()
    {
        var isThere = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun")));
        const string reason = "mpirun is not there: apt-get install libopenmpi-dev openmpi-bin";
        Assert.True(isThere || Environment.GetEnvironmentVariable("CI") != "true", reason);
        Assert.SkipUnless(isThere, reason);
    }

    internal static bool IsAlive(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private async Task RunAsync(string script, CancellationToken stop, bool bare = false)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(stop);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        await new Mpirun(Plans.Shell(script), bare) { Output = _output, Error = _error }.RunHereAsync(["sh"], limit.Token);
    }

    private static IEnumerable<string> Lines(StringWriter writer) => writer.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries).Order(StringComparer.Ordinal);
}
