using System.Diagnostics;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

/// <summary>On a real file system of 24 MB, mounted for one process only.</summary>
public sealed class FullDiskTests
{
    private const string FolderVariable = "STICKERS_TEST_SMALL_DISK";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task DiskFull_InAnyPhase_ReadersSeeAWholeIndex()
    {
        var folder = Directory.CreateTempSubdirectory("stickers-small-disk-").FullName;
        try
        {
            string[] confined = Environment.IsPrivilegedProcess ? ["unshare", "--mount"] : ["unshare", "--user", "--map-root-user", "--mount"];
            Assert.SkipUnless(await RunAsync([.. confined, "mount", "-t", "tmpfs", "none", folder]) is (0, _), "This machine lets no one mount a file system of their own (unshare --mount).");
            var (code, output) = await RunAsync([
                .. confined, "sh", "-c", $"mount -t tmpfs -o size=24m none '{folder}' && exec \"$@\"", "sh",
                "dotnet", typeof(FullDiskTests).Assembly.Location, "-explicit", "only", "-method", $"{typeof(FullDiskTests).FullName}.{nameof(BuildOnASmallDisk)}",
            ], (FolderVariable, folder), ("TMPDIR", folder));
            Assert.True(code == 0 && output.Contains("Failed: 0", StringComparison.Ordinal) && output.Contains("Total: 1", StringComparison.Ordinal), output);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>Not a test of its own: the body of the process that has the small disk.</summary>
    [Fact(Explicit = true)]
    public async Task BuildOnASmallDisk()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable)!;
        using var world = await World.CreateAsync(60); // lies on the small disk: TMPDIR says so
        Assert.StartsWith(folder, world.Store.Root, StringComparison.Ordinal);
        var served = await world.BuildAsync();
        await world.ChangeAsync(keep: 55, total: 70, changed: 3);
        var ballast = Path.Combine(folder, "ballast");
        var failures = 0;
        foreach (var room in (int[])[8, 24, 60, 120, 200, 280, 360])
        {
            // All but so many kilobytes are taken.
            Fill(ballast, new DriveInfo(folder).AvailableFreeSpace - (room << 10));
            try
            {
                await IndexUpdate.RunAsync(world.Store, new IndexUpdateOptions { Build = World.Options() with { Publish = false }, CompactAt = 1 }, null, Stop);
            }
            catch (Exception full) when (full is IOException or Storage.StoreException or Microsoft.Data.Sqlite.SqliteException)
            {
                failures++;
            }

            File.Delete(ballast);
            using var snapshot = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
            Assert.Equal(served.Version, snapshot.Manifest.Version);
        }

        Assert.True(failures >= 3, $"{failures} failures");
        var updated = await IndexUpdate.RunAsync(world.Store, new IndexUpdateOptions { Build = World.Options(), CompactAt = 1 }, null, Stop);
        using var now = await Snapshot.OpenCurrentAsync(world.Store, EmbeddingSpace.Visual, Stop);
        Assert.Equal(updated.Version, now.Manifest.Version);
    }

    private static void Fill(string path, long bytes)
    {
        using var file = File.Create(path);
        var zeros = new byte[1 << 16];
        for (var left = bytes; left > 0; left -= zeros.Length) file.Write(zeros, 0, (int)Math.Min(left, zeros.Length));
    }

    private static async Task<(int Code, string Output)> RunAsync(string[] command, params (string Name, string Value)[] environment)
    {
        var start = new ProcessStartInfo(command[0], command[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment) start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(Stop), process.StandardError.ReadToEndAsync(Stop));
        await process.WaitForExitAsync(Stop);
        return (process.ExitCode, await output + await errors);
    }
}
