using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

/// <summary>The real backfill and embed under the real mpirun: a rank is killed once a shard is written, and other ranks go on.</summary>
public sealed class KilledRanksTests : IAsyncLifetime
{
    // 1,920 stickers, which are eight shards.
    private const int PerCreator = 160;
    private const int Stickers = DrawnStickers.Creators * PerCreator;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20261127);
    private CommandRunner _commands = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Root => Path.Combine(_folder.Path, "root");

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/mpirun"), "Needs Open MPI: scripts/setup.sh mpi installs it.");
        var drawings = Path.Combine(_folder.Path, "drawings");
        DrawnStickers.Write(drawings, PerCreator);
        _commands = new CommandRunner(Root);
        await _commands.RunAsync(0, "import", drawings, "--name", "drawn");
        await _commands.RunAsync(0, "train", "--catalogue", "drawn", "--model", "m", "--budget", "8s");
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task BackfillAndEmbed_ARankKilledAfterTheFirstShard_OtherRanksGoOnToTheBytesOfOneProcess()
    {
        foreach (var (command, folder, manifest, read, killed, rerun) in (Trial[])
        [
            new("embed", "embeddings", "embeddings.json", Stickers, "--main 2 --preprocess 0 --postprocess 0", "--preprocess 2 --main 1 --postprocess 1"),
            new("backfill", "suggestions", "suggestions.json", Stickers / 4, "--preprocess 1 --main 2 --postprocess 1", "--preprocess 1 --main 1 --postprocess 0"),
        ])
        {
            var output = Path.Combine(Root, folder, "m", "drawn");
            var one = await _commands.JsonAsync(command, "--catalogue", "drawn", "--model", "m");
            Assert.Equal(read, one.Number("read"));
            var expected = HashesIn(output);

            string what;
            do
            {
                // Where a run was done before it could be killed, there is another one.
                Directory.Delete(output, recursive: true);
                what = await KillOneAsync(output, [command, "--catalogue", "drawn", "--model", "m", "--on", "mpirun", .. killed.Split(' ')]);
            }
            while (File.Exists(Path.Combine(output, manifest)));

            Assert.InRange(Entries(output), 1, expected.Count);
            var again = await _commands.RunAsync(0, [command, "--catalogue", "drawn", "--model", "m", "--on", "mpirun", .. rerun.Split(' ')]);
            Assert.True(expected.SequenceEqual(HashesIn(output)), $"{what}; the rerun wrote other bytes.\n{again.Output}");
            var whole = await _commands.JsonAsync(command, "--catalogue", "drawn", "--model", "m");
            Assert.Equal(one.GetRawText(), whole.GetRawText());
        }
    }

    /// <summary>Starts a command, kills one of its ranks as soon as a shard is in the ledger, and waits for the others to end too.</summary>
    private async Task<string> KillOneAsync(string output, string[] command)
    {
        using var run = _commands.Start(command);
        while (Entries(output) == 0 && !run.HasExited) await Task.Delay(5, Token);
        var ranks = Ranks(command[0]);
        if (ranks.Count > 0)
        {
            using var kill = Process.Start("kill", ["-9", ranks[_random.Next(ranks.Count)].ToString(CultureInfo.InvariantCulture)]);
            await kill.WaitForExitAsync(Token);
        }

        var outcome = await run.WaitAsync();
        var whole = Directory.EnumerateFiles(output, "*.json").Any();
        Assert.True(whole == (outcome.Code == 0), $"The job ended with {outcome.Code}, and its manifest is {(whole ? "there" : "missing")}.\n{outcome.Error}");
        Assert.Empty(Ranks(command[0]));
        return $"One of {ranks.Count} ranks was killed after {Entries(output)} shards; the job ended with {outcome.Code}";
    }

    private static int Entries(string output) =>
        Directory.Exists(Path.Combine(output, ".ledger")) ? Directory.EnumerateFiles(Path.Combine(output, ".ledger"), "shard-*.json").Count() : 0;

    /// <summary>Processes that Open MPI started for a command over this root.</summary>
    private List<int> Ranks(string command) =>
        [.. Directory.EnumerateDirectories("/proc").Select(folder => int.TryParse(Path.GetFileName(folder), out var process) ? process : 0).Where(process => process > 0 && IsRank(process, command))];

    private bool IsRank(int process, string command)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{process}/cmdline").Split('\0');
            return words.Contains(Root) && words.Contains(command) && File.ReadAllText($"/proc/{process}/environ").Contains("OMPI_COMM_WORLD_RANK=", StringComparison.Ordinal);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static Dictionary<string, string> HashesIn(string folder) => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
        .Order(StringComparer.Ordinal).ToDictionary(file => Path.GetRelativePath(folder, file), file => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(file))));

    /// <summary>One command, and the workers of the run that is killed and of the one that goes on.</summary>
    private sealed record Trial(string Command, string Folder, string Manifest, int Read, string Killed, string Rerun);
}
