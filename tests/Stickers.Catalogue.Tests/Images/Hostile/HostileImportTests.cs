using Stickers.Catalogue.Tests.Import;

namespace Stickers.Catalogue.Tests.Images.Hostile;

public sealed class HostileImportTests : IDisposable
{
    private readonly ImportFixture _import = new();

    public void Dispose() => _import.Dispose();

    [Fact]
    public async Task RunAsync_HostileFolder_ImportsOrQuarantinesEachFileAsExpected()
    {
        var (manifest, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Sources = [HostileFilesTests.Folder] });

        var outcomes = stickers.Select(s => (File: s.ImagePath, Outcome: HostileFile.Imported)).Concat(quarantine.Select(q => (File: Path.GetFileName(q.Source), Outcome: q.Fault)));
        var expected = HostileFilesTests.Expectations().Select(e => (e.File, Outcome: e.Expected));
        Assert.Equal(expected.OrderBy(e => e.File, StringComparer.Ordinal), outcomes.OrderBy(o => o.File, StringComparer.Ordinal));
        Assert.Equal(HostileFilesTests.Expectations().Length, manifest.Read);
        Assert.All(quarantine, q => Assert.False(string.IsNullOrWhiteSpace(q.Reason)));
    }
}
