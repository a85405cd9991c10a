using Faiss;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Catalogue.Import;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Tests;

/// <summary>Real drawings, imported as a person would, with their coarse colours for vectors.</summary>
public sealed class CorpusTests
{
    private const int Side = 6;
    private const int Dimension = Side * Side * 3;

    [Fact]
    public async Task Build_Gophers_ServesThem()
    {
        var archive = Path.Combine(Environment.GetEnvironmentVariable("STICKERS_TEST_DATA") ?? "", "gophers.zip");
        Assert.SkipUnless(File.Exists(archive), "Set STICKERS_TEST_DATA to the folder that holds gophers.zip.");
        var stop = TestContext.Current.CancellationToken;
        var store = new LocalStore(Directory.CreateTempSubdirectory("stickers-gophers-").FullName);
        try
        {
            await CatalogueImport.RunAsync(store, new CatalogueImportOptions { Name = "gophers", Sources = [archive] }, null, stop);
            var stickers = await (await StickerCatalogue.OpenAsync(store, "gophers", stop)).ReadAsync(images: true, stop).ToListAsync(stop);
            Assert.True(stickers.Count > 100, $"{stickers.Count} gophers");
            var vectors = await EmbedAsync(store, stickers, stop);

            var summary = await IndexBuild.RunAsync(store, new IndexBuildOptions { Space = EmbeddingSpace.Visual, Model = "colours", Catalogue = "gophers" }, null, stop);
            Assert.Equal((stickers.Count, stickers.Count, stickers.Count, 1.0), (summary.Count, summary.Stickers, summary.Thumbnails, summary.RecallAt10));

            using var snapshot = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual, stop);
            var browsed = snapshot.Stickers.Browse(0, 1000);
            Assert.Equal(stickers.Select(s => s.Id.Value).Order(), browsed.Select(r => r.Id.Value).Order());
            foreach (var sticker in stickers)
            {
                var png = snapshot.Stickers.Thumbnail(sticker.Id)!;
                var info = ImageDecoder.Identify(png);
                Assert.Equal((StickerFormat.Png, 1), (info.Format, info.Frames));
                Assert.True(info.Width <= 160 && info.Height <= 160);
                Assert.InRange(snapshot.Search(vectors[sticker.Id], 1)[0].Score, 1 - 1e-5, 1 + 1e-5); // itself, or a copy of it
            }

            AssertFilteredSearchesAreExact(store.PathOf("inverted.faiss"), [.. vectors.OrderBy(v => v.Key.Value)]);
        }
        finally
        {
            Directory.Delete(store.Root, recursive: true);
        }
    }

    /// <summary>Inverted lists, asked for a third of the drawings, against comparing them in double; float32 sums err by less than 1e-5.</summary>
    private static void AssertFilteredSearchesAreExact(string file, KeyValuePair<StickerId, float[]>[] vectors)
    {
        using (var index = FaissIndex.Create(Dimension, "IVF8,Flat", MetricType.InnerProduct))
        {
            float[] all = [.. vectors.SelectMany(v => v.Value)];
            index.Train(all, threads: 1);
            index.AddWithIds(all, [.. Enumerable.Range(0, vectors.Length).Select(row => (long)row)], threads: 1);
            index.Save(file);
        }

        using var set = new SegmentSet(Dimension);
        set.AddFaiss(file, RowTable.Of([.. vectors.Select(v => v.Key.Value)], new ulong[vectors.Length]), alive: null, nProbe: 1);
        var passing = vectors.Where((_, row) => row % 3 == 0).ToDictionary();
        var filter = set.CreateFilter(passing.Keys);
        foreach (var (_, query) in vectors)
        {
            var hits = set.Search(query, 10, filter);
            var truth = passing.Values.Select(vector => InDouble(query, vector)).OrderDescending().Take(10).ToArray();
            Assert.Equal(10, hits.Select(hit => hit.Id).Distinct().Count());
            for (var i = 0; i < truth.Length; i++)
                Assert.Equal(truth[i], InDouble(query, passing[hits[i].Id]), 1e-5);
        }
    }

    private static double InDouble(float[] a, float[] b) => a.Zip(b, (x, y) => (double)x * y).Sum();

    private static async Task<Dictionary<StickerId, float[]>> EmbedAsync(LocalStore store, List<Sticker> stickers, CancellationToken stop)
    {
        var rows = stickers.Select(s => new StickerEmbedding(s.Id, Colours(s), [1f])).ToList();
        var part = await EmbeddingSet.WritePartAsync(store, "colours", "gophers", 0, rows, cancellation: stop);
        await store.WriteJsonAsync("embeddings/colours/gophers/embeddings.json", new EmbeddingManifest
        {
            FormatVersion = 1,
            Model = "colours",
            ModelHash = "0",
            Catalogue = "gophers",
            CatalogueHash = (await StickerCatalogue.OpenAsync(store, "gophers", stop)).ContentHash,
            VisualDimension = Dimension,
            SemanticDimension = 1,
            Read = rows.Count,
            Written = rows.Count,
            Quarantined = 0,
            Files = [part],
        }, stop);
        return rows.ToDictionary(r => r.Id, r => r.Visual);
    }

    /// <summary>Mean colours of a grid, with a little added so that a black picture has a length too.</summary>
    private static float[] Colours(Sticker sticker)
    {
        var image = ImageDecoder.Decode(sticker.Image.Span, 96);
        var sums = new float[Dimension];
        for (var y = 0; y < image.Height; y++)
        {
            for (var x = 0; x < image.Width; x++)
            {
                var cell = ((y * Side / image.Height) * Side) + (x * Side / image.Width);
                for (var c = 0; c < 3; c++)
                    sums[(cell * 3) + c] += 1 + (image.Rgba[(((y * image.Width) + x) * 4) + c] * image.Rgba[(((y * image.Width) + x) * 4) + 3] / 255f);
            }
        }

        var norm = MathF.Sqrt(sums.Sum(v => v * v));
        return [.. sums.Select(v => v / norm)];
    }
}
