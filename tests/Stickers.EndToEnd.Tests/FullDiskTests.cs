using System.Diagnostics;
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
}
