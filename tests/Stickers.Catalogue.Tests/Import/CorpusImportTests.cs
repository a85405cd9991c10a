using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using Stickers.Catalogue.Import;

namespace Stickers.Catalogue.Tests.Import;

/// <summary>The whole corpus, compared with its own JSON Lines and ZIP archives read anew, by our reader and by DuckDB.</summary>
public sealed class CorpusImportTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task RunAsync_Corpus_HoldsEveryStickerWithItsBytesAndLabels()
    {
        var folder = TestData.CorpusFolder();
        var manifest = await CatalogueImport.RunAsync(_temporary.Store, new CatalogueImportOptions { Name = "corpus", Sources = [folder] }, cancellation: Token);
        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "corpus", Token);
        var lines = await File.ReadAllLinesAsync(Path.Combine(folder, "catalogue.jsonl"), Token);
        Assert.Equal((lines.Length, lines.Length, 0), (manifest.Read, manifest.Written, manifest.Quarantined));

        var archives = new Dictionary<string, ZipArchive>();
        var row = 0;
        await foreach (var sticker in catalogue.ReadAsync(cancellation: Token))
        {
            using var line = JsonDocument.Parse(lines[row++]);
            var expected = line.RootElement;
            Assert.Equal(expected.GetProperty("id").GetString(), sticker.Key);
            Assert.Equal(expected.GetProperty("pack").GetString(), sticker.Pack);
            Assert.Equal(expected.GetProperty("creator").GetString(), sticker.Creator);
            Assert.Equal(expected.GetProperty("split_creator").GetString(), sticker.SplitCreator);
            Assert.Equal(expected.GetProperty("split_concept").GetString(), sticker.SplitConcept);
            Assert.Equal(expected.GetProperty("dup_group").GetString(), sticker.DuplicateGroup);
            Assert.Equal(expected.TryGetProperty("concept", out var concept) ? concept.GetString() : null, sticker.Concept);
            Assert.Equal((expected.GetProperty("width").GetInt32(), expected.GetProperty("height").GetInt32()), (sticker.Width, sticker.Height));
            Assert.Equal(expected.GetProperty("tags").TryGetProperty("en", out var tags) ? [.. tags.EnumerateArray().Select(tag => tag.GetString()!)] : new List<string>(), sticker.Tags);

            var name = expected.GetProperty("archive").GetString()!;
            if (!archives.TryGetValue(name, out var archive)) archives[name] = archive = await ZipFile.OpenReadAsync(Path.Combine(folder, name), Token);
            await using var entry = await archive.GetEntry(sticker.ImagePath)!.OpenAsync(Token);
            Assert.Equal(Convert.ToHexString(await SHA256.HashDataAsync(entry, Token)), Convert.ToHexString(SHA256.HashData(sticker.Image.Span)));
        }

        foreach (var archive in archives.Values) await archive.DisposeAsync();
        Assert.Equal(lines.Length, row);

        var duck = DuckDb.Query("select count(*), count(distinct id), sum(len(tags)), sum(octet_length(image.bytes)) from read_parquet({0})", _temporary.Store.PathOf("catalogues/corpus/part-*.parquet"));
        var tagCount = lines.Sum(text => JsonDocument.Parse(text).RootElement.GetProperty("tags") is var byLanguage && byLanguage.TryGetProperty("en", out var en) ? en.GetArrayLength() : 0);
        Assert.Equal([(long)lines.Length, (long)lines.Length, tagCount], [duck[0][0], duck[0][1], (int)(System.Numerics.BigInteger)duck[0][2]!]);

        var statistics = await CatalogueStatistics.ComputeAsync(catalogue, top: 5, cancellation: Token);
        Assert.Equal((lines.Length, 10, 0), (statistics.Stickers, statistics.Packs, statistics.Quarantined));
        Assert.InRange(statistics.FrequentTags, 430, 520);
    }

    [Fact]
    public async Task RunAsync_Samples_AreImportedWithFormatAndFrames()
    {
        var folder = TestData.CorpusFolder();
        var manifest = await CatalogueImport.RunAsync(_temporary.Store, new CatalogueImportOptions { Name = "samples", Sources = [Path.Combine(folder, "samples.zip")] }, cancellation: Token);
        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "samples", Token);
        var expected = (await File.ReadAllLinesAsync(Path.Combine(folder, "samples.jsonl"), Token)).Select(line => JsonDocument.Parse(line).RootElement).ToDictionary(line => line.GetProperty("file").GetString()!);
        var stickers = await catalogue.ReadAsync(cancellation: Token).ToListAsync(Token);

        Assert.Equal(expected.Count, manifest.Written);
        Assert.All(stickers, sticker =>
        {
            var sample = expected[sticker.ImagePath];
            Assert.Equal(sample.GetProperty("frames").GetInt32(), sticker.Frames);
            Assert.Equal(sample.GetProperty("width").GetInt32(), sticker.Width);
            Assert.Equal(sample.GetProperty("sha256").GetString(), Convert.ToHexStringLower(SHA256.HashData(sticker.Image.Span)));
        });
    }
}
