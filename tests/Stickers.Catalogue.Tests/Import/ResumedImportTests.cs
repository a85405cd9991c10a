using Stickers.Catalogue.Import;

namespace Stickers.Catalogue.Tests.Import;

public sealed class ResumedImportTests : IDisposable
{
    private readonly ImportFixture _import = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _import.Dispose();

    [Fact]
    public async Task RunAsync_StoppedAnywhereAndRunAgain_GivesTheBytesOfOneRun()
    {
        // Three parts, with broken files in between.
        var zip = PutManyPictures(9000);
        using var whole = new ImportFixture();
        var options = _import.Options with { Sources = [zip] };
        var expected = await CatalogueImport.RunAsync(whole.Store, options with { Workers = 1 }, cancellation: Token);
        Assert.Equal(3, expected.PartCounts.Count);

        CatalogueManifest? manifest = null;
        var before = 0;
        foreach (var stopAt in (int[])[10, 2000, 5000, 8990, int.MaxValue])
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
            var progress = new Stopper(stop, stopAt);
            try
            {
                manifest = await CatalogueImport.RunAsync(_import.Store, options, progress, stop.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.False(await StickerCatalogue.ExistsAsync(_import.Store, "c", Token));
            }

            // No more than a row group of 512 stickers, with the broken files among them, was to be done again.
            Assert.InRange(progress.First, before - 600, before);
            before = stopAt;
        }

        Assert.Equivalent(expected, manifest, strict: true);
        await (await StickerCatalogue.OpenAsync(_import.Store, "c", Token)).VerifyAsync(Token);
        Assert.Equal(Keys(whole), Keys(_import));
    }

    [Fact]
    public async Task RunAsync_AgainWithTheSameInputs_ReturnsAtOnce()
    {
        _import.Put("a.png", ImportFixture.Png(1));
        var first = await CatalogueImport.RunAsync(_import.Store, _import.Options, cancellation: Token);
        var reports = new List<JobProgress>();
        var second = await CatalogueImport.RunAsync(_import.Store, _import.Options with { Workers = 1 }, new Collector(reports), Token);

        Assert.Equivalent(first, second, strict: true);
        Assert.Equal("already there", Assert.Single(reports).Note);
    }

    [Fact]
    public async Task RunAsync_OtherInputs_AreRefusedUnlessReplaced()
    {
        _import.Put("a.png", ImportFixture.Png(1));
        await CatalogueImport.RunAsync(_import.Store, _import.Options, cancellation: Token);
        _import.Put("b.png", ImportFixture.Png(2));

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => CatalogueImport.RunAsync(_import.Store, _import.Options, cancellation: Token));
        Assert.Contains("--replace", fault.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => CatalogueImport.RunAsync(_import.Store, _import.Options with { SvgSide = 100 }, cancellation: Token));
        var replaced = await CatalogueImport.RunAsync(_import.Store, _import.Options with { Replace = true }, cancellation: Token);
        Assert.Equal(2, replaced.Written);
    }

    [Fact]
    public async Task RunAsync_OneOrManyWorkers_GiveTheSameBytes()
    {
        var zip = PutManyPictures(700);
        using var other = new ImportFixture();
        var one = await CatalogueImport.RunAsync(other.Store, _import.Options with { Sources = [zip], Workers = 1 }, cancellation: Token);
        var many = await CatalogueImport.RunAsync(_import.Store, _import.Options with { Sources = [zip], Workers = 16 }, cancellation: Token);

        Assert.Equivalent(one, many, strict: true);
    }

    [Fact]
    public async Task RunAsync_Progress_EndsAtTheTotal()
    {
        var zip = PutManyPictures(200);
        var reports = new List<JobProgress>();
        await CatalogueImport.RunAsync(_import.Store, _import.Options with { Sources = [zip] }, new Collector(reports), Token);

        Assert.Equal(Enumerable.Range(0, 201).Select(i => (double)i), reports.Select(report => report.Done));
        Assert.All(reports, report => Assert.Equal(200, report.Total));
        Assert.Equal("2 in quarantine", reports[^1].Note);
    }

    private string PutManyPictures(int count) =>
        _import.PutZip("many.zip", [.. Enumerable.Range(0, count).Select(i => ($"{i:00000}.png", i % 100 == 7 ? [1, 2, 3] : ImportFixture.Png(i, 2, 2)))]);

    private static List<string> Keys(ImportFixture fixture) => [.. fixture.Store.ListAsync("catalogues/", Token).ToBlockingEnumerable(Token).Select(found => found.Key)];

    private sealed class Stopper(CancellationTokenSource stop, int at) : IProgress<JobProgress>
    {
        public double First { get; private set; } = -1;

        public void Report(JobProgress value)
        {
            if (First < 0) First = value.Done;
            if (value.Done >= at) stop.Cancel();
        }
    }

    private sealed class Collector(List<JobProgress> reports) : IProgress<JobProgress>
    {
        public void Report(JobProgress value) => reports.Add(value);
    }
}
