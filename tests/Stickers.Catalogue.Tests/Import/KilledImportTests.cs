using System.Diagnostics;
using Stickers.Catalogue.Import;
using Stickers.Storage;

namespace Stickers.Catalogue.Tests.Import;

/// <summary>A real process is killed with -9 in the middle of a real import, more than once.</summary>
public sealed class KilledImportTests : IDisposable
{
    private const string RootVariable = "STICKERS_TEST_KILLED_IMPORT_ROOT";
    private const string SourceVariable = "STICKERS_TEST_KILLED_IMPORT_SOURCE";

    private readonly ImportFixture _import = new();

    public void Dispose() => _import.Dispose();

    [Fact]
    public async Task KillMinusNine_DuringAnImport_NextRunsGoOnToTheSameBytes()
    {
        var token = TestContext.Current.CancellationToken;
        var zip = _import.PutZip("many.zip", [.. Enumerable.Range(0, 10_000).Select(i => ($"{i:00000}.png", i % 50 == 7 ? [1] : ImportFixture.Png(i, 2, 2)))]);
        using var whole = new ImportFixture();
        var expected = await CatalogueImport.RunAsync(whole.Store, Options(zip), cancellation: token);

        // Killed early, within the first part, at its end, and within the second.
        foreach (var awaited in (string[])["inputs.json", "checkpoint-00002.json", "checkpoint-00007.json", "checkpoint-00010.json"])
        {
            using var process = Start(_import.Store.Root, zip);
            while (await _import.Store.StatAsync($"catalogues/c/.import/{awaited}", token) is null)
            {
                Assert.False(process.HasExited, "The importing process ended by itself.");
                await Task.Delay(5, token);
            }

            process.Kill();
            await process.WaitForExitAsync(token);
            Assert.False(await StickerCatalogue.ExistsAsync(_import.Store, "c", token));
        }

        Assert.Equivalent(expected, await CatalogueImport.RunAsync(_import.Store, Options(zip), cancellation: token), strict: true);
        await (await StickerCatalogue.OpenAsync(_import.Store, "c", token)).VerifyAsync(token);
        Assert.Empty(Directory.EnumerateFiles(_import.Store.Root, ".tmp-*", SearchOption.AllDirectories));
    }

    /// <summary>Not a test of its own: the body of the process that is killed.</summary>
    [Fact(Explicit = true)]
    public async Task ImportUntilKilled() =>
        await CatalogueImport.RunAsync(
            new LocalStore(Environment.GetEnvironmentVariable(RootVariable)!),
            Options(Environment.GetEnvironmentVariable(SourceVariable)!),
            new Brake(),
            TestContext.Current.CancellationToken);

    private static CatalogueImportOptions Options(string zip) => new() { Name = "c", Sources = [zip], Workers = 2 };

    private static Process Start(string root, string zip)
    {
        // This very test program again, which may have been started as `dotnet program.dll` or on its own.
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true };
        start.ArgumentList.Add(typeof(KilledImportTests).Assembly.Location);
        foreach (var argument in (string[])["-explicit", "only", "-method", $"{typeof(KilledImportTests).FullName}.{nameof(ImportUntilKilled)}"])
            start.ArgumentList.Add(argument);
        start.Environment[RootVariable] = root;
        start.Environment[SourceVariable] = zip;
        return Process.Start(start)!;
    }

    /// <summary>Stops before the end, so that the killer always comes in time.</summary>
    private sealed class Brake : IProgress<JobProgress>
    {
        public void Report(JobProgress value)
        {
            if (value.Done >= 9_900) Task.Delay(TimeSpan.FromMinutes(1)).Wait();
        }
    }
}
