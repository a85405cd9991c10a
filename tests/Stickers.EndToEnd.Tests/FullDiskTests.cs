using System.Diagnostics;
using System.Security.Cryptography;
using System.Text.Json;
using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

/// <summary>On a real file system that is too small, mounted for one shell only.</summary>
public sealed class FullDiskTests : IDisposable
{
    // Mounts 300 KB, imports, gives it room and imports again; says the exit code of the first and prints the second's result.
    private const string Script = """
        mount -t tmpfs -o size=300k none "$1" || exit 77
        shift
        "$@" >&2
        echo "$?"
        mount -o remount,size=64m "$4" && "$@"
        """;

    // Mounts room for the texts and some of the output, runs the job, gives it room and runs it again; says both exit codes and the hashes of what is there.
    private const string JobScript = """
        mount -t tmpfs -o size=700k none "$1" || exit 77
        root=$1 texts=$2
        shift 2
        mkdir "$root/texts" && cp "$texts"/* "$root/texts/"
        "$@" >&2
        echo "$?"
        mount -o remount,size=64m "$root" && "$@" >&2
        echo "$?"
        cd "$root/out" && find . -type f | LC_ALL=C sort | xargs sha256sum
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Import_DiskFull_EndsWithOneMessageAndTheNextCompletesWithTheSameBytes()
    {
        var (drawings, root) = (Path.Combine(_folder.Path, "drawings"), Path.Combine(_folder.Path, "small"));
        DrawnStickers.Write(drawings);
        Directory.CreateDirectory(root);
        var undisturbed = await new CommandRunner(Path.Combine(_folder.Path, "root")).JsonAsync("import", drawings, "--name", "drawn");

        string[] confined = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        string[] import = ["dotnet", Path.Combine(AppContext.BaseDirectory, "stickers.dll"), "--root", root, "import", drawings, "--name", "drawn", "--json"];
        using var shell = Process.Start(new ProcessStartInfo("unshare", [.. confined, "sh", "-c", Script, "sh", root, .. import]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(shell.ExitCode == 77 || output.Length == 0, $"This machine lets no one mount a file system of their own (unshare --mount): {await error}");

        Assert.Contains("the disk is full", await error, StringComparison.Ordinal);
        Assert.Single((await error).Split('\n'), line => line.StartsWith("stickers: ", StringComparison.Ordinal));
        var lines = output.Split('\n', 2);
        Assert.Equal("1", lines[0]);
        Assert.Equal(undisturbed.GetRawText(), JsonDocument.Parse(lines[1]).RootElement.GetRawText());
    }

    [Fact]
    public async Task JobOfSeveralRanks_DiskFull_EndsNonZeroAndTheNextCompletesWithTheSameBytes()
    {
        var (texts, root, undisturbed) = (Path.Combine(_folder.Path, "texts"), Path.Combine(_folder.Path, "small"), Path.Combine(_folder.Path, "undisturbed"));
        foreach (var folder in (string[])[texts, root, Path.Combine(undisturbed, "texts")]) Directory.CreateDirectory(folder);
        for (var i = 0; i < 60; i++)
        {
            await File.WriteAllLinesAsync(Path.Combine(texts, $"{i:00}.txt"), Enumerable.Range(0, 100).Select(line => $"good night {line % 7} and {i}"), TestContext.Current.CancellationToken);
            File.Copy(Path.Combine(texts, $"{i:00}.txt"), Path.Combine(undisturbed, "texts", $"{i:00}.txt"));
        }

        await new CommandRunner(undisturbed).RunAsync(0, "run", ChaosTests.Samples, "--job", "word-count", "--output", "out");
        var expected = Directory.EnumerateFiles(Path.Combine(undisturbed, "out"), "*", SearchOption.AllDirectories)
            .Select(file => $"{Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))}  ./{Path.GetRelativePath(Path.Combine(undisturbed, "out"), file)}").Order(StringComparer.Ordinal);

        string[] job = [.. StickersProcess.Program, "run", ChaosTests.Samples, "--job", "word-count", "--output", "out", "--root", root, "--on", "mpirun", "--preprocess", "2"];
        string[] confined = Environment.IsPrivilegedProcess ? ["--mount"] : ["--user", "--map-root-user", "--mount"];
        using var shell = Process.Start(new ProcessStartInfo("unshare", [.. confined, "sh", "-c", JobScript, "sh", root, texts, .. job]) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        var error = shell.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await shell.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await shell.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.SkipWhen(shell.ExitCode == 77 || output.Length == 0, $"This machine lets no one mount a file system of their own (unshare --mount): {await error}");

        Assert.Contains("the disk is full", await error, StringComparison.Ordinal);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(["1", "0"], lines[..2]);
        Assert.Equal(expected, lines[2..].Order(StringComparer.Ordinal));
    }
}
