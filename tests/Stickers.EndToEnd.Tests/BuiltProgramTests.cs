using System.Diagnostics;
using System.Reflection.PortableExecutable;

namespace Stickers.EndToEnd.Tests;

/// <summary>The one command of the checkout, which builds the program as people get it.</summary>
public sealed class BuiltProgramTests
{
    [Fact]
    public async Task Stickers_OfTheCheckout_RunsCompiledAheadOfTime()
    {
        var checkout = AppContext.BaseDirectory[..AppContext.BaseDirectory.IndexOf("/tests/", StringComparison.Ordinal)];
        using var stickers = Process.Start(new ProcessStartInfo(Path.Combine(checkout, "stickers"), ["--version"]) { RedirectStandardOutput = true })!;
        var output = await stickers.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await stickers.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, stickers.ExitCode);
        Assert.Contains("Faiss ", output, StringComparison.Ordinal);
        // Our own and a package's: without their native code a command starts in twice the time.
        foreach (var name in new[] { "stickers", "Stickers.Tagger", "Parquet" })
        {
            using var file = File.OpenRead(Path.Combine(checkout, "artifacts/stickers", $"{name}.dll"));
            using var assembly = new PEReader(file);
            Assert.True(assembly.PEHeaders.CorHeader!.ManagedNativeHeaderDirectory.Size > 0, $"{name}.dll has no native code.");
        }
    }
}
