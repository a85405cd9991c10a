using System.Diagnostics;
using System.Security.Cryptography;
using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

/// <summary>Real jobs under the real mpirun: a rank is killed once shards are written, and other ranks go on.</summary>
public sealed class KilledRanksTests : IAsyncLifetime
{
    // 3,120 stickers: thirteen shards of embeddings, eight of an index.
    private const int PerCreator = 260;
    private const int Stickers = DrawnStickers.Creators * PerCreator;

    private readonly TemporaryFolder _folder = new();
    private readonly Random _random = new(20261127);
    private CommandRunner _commands = null!;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private int Soon => _random.Next(1, 4);

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
    public async Task Jobs_ARankKilledAfterSomeShards_OtherRanksGoOnToTheBytesOfOneProcess()
    {
        string[] predict = ["--catalogue", "drawn", "--model", "m"], index = ["build", .. predict, "--space", "visual", "--no-publish", "--recall-floor", "0.5"];
        foreach (var (command, arguments, folder, manifest, moments, killed, rerun) in (Trial[])
        [
            new("embed", predict, "embeddings/m/drawn", "embeddings.json", [Soon], "--main 2 --preprocess 0 --postprocess 0", "--preprocess 2 --main 1 --postprocess 1"),
            new("backfill", predict, "suggestions/m/drawn", "suggestions.json", [Soon], "--preprocess 1 --main 2 --postprocess 1", "--preprocess 1 --main 1 --postprocess 0"),
            new("index", index, "indexes/visual", "vectors.exact", [Soon], "--main 2", "--main 4"),
            // Of so few vectors an index of three levels takes less memory than one that compares all. After its eight shards come the thumbnails.
            new("index", [.. index, "--memory", "430KiB"], "indexes/visual", "vectors.coded", [Soon, 8 + Soon], "--main 2", "--main 4"),
        ])
        {
            var output = Path.Combine(Root, folder);
            if (Directory.Exists(output)) Directory.Delete(output, recursive: true); // of another kind of index
            await _commands.RunAsync(0, [command, .. arguments]);
            var expected = HashesIn(output);
            Assert.Contains(expected.Keys, file => Path.GetFileName(file) == manifest);

            var what = "";
            do
            {
                // Where a run was done before it could be killed, there is another one.
                Directory.Delete(output, recursive: true);
                foreach (var shards in moments) what += await KillOneAsync(output, shards, [command, .. arguments, "--on", "mpirun", .. killed.Split(' ')]);
            }
            while (FilesIn(output, manifest).Length > 0);

            Assert.NotEqual(0, Entries(output));
            var again = await _commands.RunAsync(0, [command, .. arguments, "--on", "mpirun", .. rerun.Split(' ')]);
            Assert.True(expected.SequenceEqual(HashesIn(output)), $"{what}; the rerun wrote other bytes.\n{again.Output}");
        }

        Assert.Equal(Stickers, (await _commands.JsonAsync(["embed", .. predict])).Number("read"));
        Assert.Equal(Stickers / 4, (await _commands.JsonAsync(["backfill", .. predict])).Number("read"));
        await TrainAsync();
    }

    /// <summary>A training's images are decoded by all ranks, and by whoever goes on.</summary>
    private async Task TrainAsync()
    {
        var expected = await DecodeAsync("one");
        var images = ImagesOf("killed");
        string what;
        Dictionary<string, DateTime> made;
        do
        {
            if (Directory.Exists(images)) Directory.Delete(images, recursive: true);
            what = await KillOneAsync(images, Soon, [.. Train("killed"), "--on", "mpirun", "--main", "2"]);
            made = FilesIn(images, "shard-*.json").ToDictionary(file => file, File.GetLastWriteTimeUtc);
        }
        while (FilesIn(images, "output.json").Length > 0);

        Assert.NotEmpty(made);
        Assert.True(expected.SequenceEqual(await DecodeAsync("killed")), $"{what}; other images were decoded.");
        Assert.All(made, shard => Assert.Equal(shard.Value, File.GetLastWriteTimeUtc(shard.Key)));
    }

    private static string[] Train(string model) => ["train", "--catalogue", "drawn", "--model", model, "--budget", "1h"];

    private string ImagesOf(string model) => Path.Combine(Root, "models", model, "work", "images");

    /// <summary>Trains in one process until all is decoded.</summary>
    /// <returns>The hashes of what is.</returns>
    private async Task<Dictionary<string, string>> DecodeAsync(string model)
    {
        using var run = _commands.Start(Train(model));
        while (FilesIn(ImagesOf(model), "output.json").Length == 0 && !run.HasExited) await Task.Delay(5, Token);
        run.Send("INT");
        Assert.Equal(130, (await run.WaitAsync()).Code);
        return HashesIn(ImagesOf(model));
    }

    /// <summary>Starts a command, kills one of its ranks as soon as some shards are in the ledger, and waits for the others to end too.</summary>
    private async Task<string> KillOneAsync(string output, int shards, string[] command)
    {
        using var run = _commands.Start(command);
        var ranks = new List<int>();
        while (Entries(output) < shards && !run.HasExited)
        {
            if (ranks.Count < 2 || ranks.Any(rank => !Directory.Exists($"/proc/{rank}"))) ranks = Ranks(command[0]); // known beforehand, so that the kill comes at once
            await Task.Delay(2, Token);
        }

        if (ranks.Count > 0)
        {
            try
            {
                using var rank = Process.GetProcessById(ranks[_random.Next(ranks.Count)]);
                rank.Kill();
            }
            catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
            {
                // It was done before.
            }
        }

        var outcome = await run.WaitAsync();
        Assert.Empty(Ranks(command[0]));
        return $"One of {ranks.Count} ranks was killed after {Entries(output)} shards; the job ended with {outcome.Code}: {outcome.Error}\n";
    }

    private static int Entries(string output) => FilesIn(output, "shard-*.json").Length;

    private static string[] FilesIn(string folder, string pattern)
    {
        try
        {
            return Directory.Exists(folder) ? Directory.GetFiles(folder, pattern, SearchOption.AllDirectories) : [];
        }
        catch (DirectoryNotFoundException)
        {
            return []; // went while it was read
        }
    }

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

    /// <summary>One command, where it writes, a file that is there when it is done, the numbers of shards after which it is killed, and the workers of the run that is killed and of the one that goes on.</summary>
    private sealed record Trial(string Command, string[] Arguments, string Folder, string Manifest, int[] Moments, string Killed, string Rerun);
}
