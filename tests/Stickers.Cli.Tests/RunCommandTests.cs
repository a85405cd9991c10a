using System.Text.Json;
using Stickers.Cli.Tests.Launch;

namespace Stickers.Cli.Tests;

/// <summary>A job of somebody else's assembly, run by the real program.</summary>
public sealed class RunCommandTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public RunCommandTests()
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "texts"));
        for (var i = 0; i < 6; i++) File.WriteAllLines(Path.Combine(_folder.Path, "texts", $"{i}.txt"), Enumerable.Range(0, 200).Select(line => $"good night {line % 7}"));
    }

    internal static string Samples
    {
        get
        {
            var built = AppContext.BaseDirectory.Split("/tests/")[^1];
            return Path.Combine(AppContext.BaseDirectory[..^(built.Length + "tests/".Length)], "samples", built[(built.IndexOf('/') + 1)..], "Stickers.Samples.dll");
        }
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Run_OfASampleJob_WritesItsOutputAndSaysWhatEachStageDid()
    {
        var outcome = await StickersProcess.RunAsync("run", Samples, "--job", "word-count", "--root", _folder.Path, "--preprocess", "2");
        Assert.True(outcome.Code == 0, outcome.Error);
        Assert.Contains("1,200 items read = 1,200 written + 0 in quarantine, in 6 shards (6 done now), jobs/word-count.", outcome.Output, StringComparison.Ordinal);
        Assert.Contains("bounds the job", outcome.Output, StringComparison.Ordinal);
        Assert.Equal("good\t1200", File.ReadLines(Path.Combine(_folder.Path, "jobs/word-count/counts.txt")).Single(line => line.StartsWith("good", StringComparison.Ordinal)));

        var again = await StickersProcess.RunAsync("run", Samples, "--job", "word-count", "--root", _folder.Path, "--json");
        Assert.Equal(0, JsonDocument.Parse(again.Output).RootElement.GetProperty("shardsDone").GetInt32());
    }

    [Fact]
    public async Task Run_UnderMpirun_WritesTheSameBytes()
    {
        Assert.SkipUnless((Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, "mpirun"))), "mpirun is not there: apt-get install openmpi-bin");
        var alone = await StickersProcess.RunAsync("run", Samples, "--job", "word-count", "--root", _folder.Path, "--output", "alone");
        Assert.True(alone.Code == 0, alone.Error);
        var ranks = await StickersProcess.RunAsync("run", Samples, "--job", "word-count", "--root", _folder.Path, "--output", "ranks", "--on", "mpirun", "--preprocess", "2", "--input", "texts/");
        Assert.True(ranks.Code == 0, ranks.Error);
        Assert.Single(ranks.Output.Split('\n'), line => line.Contains("1,200 items read", StringComparison.Ordinal));

        var names = Directory.EnumerateFiles(Path.Combine(_folder.Path, "alone"), "*", SearchOption.AllDirectories).Select(path => Path.GetRelativePath(Path.Combine(_folder.Path, "alone"), path)).ToArray();
        Assert.Equal(6 + 6 + 4, names.Length);
        Assert.All(names, name => Assert.Equal(File.ReadAllBytes(Path.Combine(_folder.Path, "alone", name)), File.ReadAllBytes(Path.Combine(_folder.Path, "ranks", name))));
    }

    [Fact]
    public async Task KillMinusNine_OfTheProgramThatStartedMpirun_EndsAllItsRanks()
    {
        MpirunTests.RequireMpirun();
        // So much that it cannot be done before they are killed.
        await File.WriteAllTextAsync(Path.Combine(_folder.Path, "texts", "large.txt"), string.Concat(Enumerable.Repeat("good night and sleep well\n", 4_000_000)), TestContext.Current.CancellationToken);
        using var started = StickersProcess.Start("run", Samples, "--job", "word-count", "--root", _folder.Path, "--on", "mpirun");
        while (NodeTests.ProcessesWith(_folder.Path).Count(line => !line.Contains("mpirun", StringComparison.Ordinal)) < 3)
        {
            Assert.False(started.HasExited);
            await Task.Delay(50, TestContext.Current.CancellationToken);
        }

        started.Send("KILL");
        for (var wait = 0; wait < 200 && NodeTests.ProcessesWith(_folder.Path).Any(); wait++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.Empty(NodeTests.ProcessesWith(_folder.Path));
        Assert.False(File.Exists(Path.Combine(_folder.Path, "jobs/word-count/output.json")), "The job was done before it was killed.");
    }

    [Theory]
    [InlineData("slurm", "/jobs/Elsewhere.dll")]
    [InlineData("kubernetes", "- /jobs/Elsewhere.dll", "--image", "image", "--root", "s3://bucket/words")]
    public async Task Run_OnOtherMachines_DoesNotAskForTheAssemblyHere(string target, string words, params string[] options)
    {
        var outcome = await StickersProcess.RunAsync(["run", "/jobs/Elsewhere.dll", "--on", target, "--preprocess", "2", "--side", "32", .. options]);
        Assert.True(outcome.Code == 0, outcome.Error);
        Assert.Contains(words, outcome.Output, StringComparison.Ordinal);
        Assert.Contains("--side", outcome.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("choose one with --job", 2)]
    [InlineData("has no option '--inputt'; it has --input", 2, "--job", "word-count", "--inputt", "a/")]
    [InlineData("needs a value", 2, "--job", "word-count", "--input")]
    [InlineData("--main: expected 0 to 100000", 2, "--main", "-1")]
    [InlineData("none may be negative, and there must be some", 2, "--job", "word-count", "--preprocess", "0", "--main", "0", "--postprocess", "0")]
    [InlineData("the source has no shards; is its input there?", 1, "--job", "word-count", "--input", "nowhere/")]
    [InlineData("No catalogue 'demo'", 1, "--job", "sticker-colours")]
    public async Task Run_ThatCannotWork_SaysWhy(string message, int code, params string[] args)
    {
        var outcome = await StickersProcess.RunAsync(["run", Samples, "--root", _folder.Path, .. args]);
        Assert.Contains(message, outcome.Error, StringComparison.Ordinal);
        Assert.Equal(code, outcome.Code);
        Assert.Equal("", outcome.Output);
    }

    [Fact]
    public async Task Run_WithOtherOptionsThanBefore_NamesTheDifference()
    {
        var first = await StickersProcess.RunAsync("run", Samples, "--job", "word-count", "--root", _folder.Path);
        Assert.True(first.Code == 0, first.Error);
        var second = await StickersProcess.RunAsync("run", Samples, "--job", "word-count", "--root", _folder.Path, "--input", "texts/0");
        Assert.Equal(1, second.Code);
        Assert.Contains("Input was 'texts/', now 'texts/0'", second.Error, StringComparison.Ordinal);
    }
}
