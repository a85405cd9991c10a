using System.Globalization;
using System.Numerics;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Unicode;
using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Display;
using Stickers.Storage;

namespace Stickers.ApiBench;

/// <summary>A store with a real model and invented stickers: clustered unit vectors, tags, packs, creators. Where both spaces have as many dimensions they have the same vectors.</summary>
internal static class SyntheticWorld
{
    private const int Clusters = 2000;
    private const int TrainingOfAList = 64;
    private const int BatchRows = 8192;

    /// <summary>Every n-th id has the tag <c>share-n</c>: filters of known selectivity.</summary>
    private static readonly int[] Shares = [2, 20, 200, 2000];

    /// <summary>Writes the model, and the index of each space in two versions with the same content, so that they can be swapped for each other.</summary>
    public static async Task WriteAsync(LocalStore store, string modelRoot, string model, int count)
    {
        Directory.CreateDirectory(store.PathOf("models"));
        CopyFolder(Path.Combine(modelRoot, "models", model), store.PathOf($"models/{model}"));
        var description = JsonElement.Parse(await File.ReadAllTextAsync(store.PathOf($"models/{model}/model.json")));
        var modelHash = description.GetProperty("contentHash").GetString()!;

        var (vectors, database, records, rows) = (store.PathOf("vectors.tmp"), store.PathOf("stickers.tmp"), store.PathOf("records.tmp"), store.PathOf("rows.tmp"));
        WriteStickers(database, count);
        using (var stickers = StickerDatabase.Open(database))
            ReadyRecordsWriter.Write(records, stickers);
        // Prints are for updates, of which there are none here.
        RowTable.Of([.. Enumerable.Range(0, count).Select(i => IdOf(i).Value)], new ulong[count]).Write(rows);
        var (written, factory, nprobe) = (0, "", 0);
        foreach (var space in new[] { EmbeddingSpace.Visual, EmbeddingSpace.Semantic })
        {
            var dimension = description.GetProperty("network").GetProperty($"{space.Name()}Dimension").GetInt32();
            if (dimension != written)
            {
                Console.WriteLine($"{count} vectors of {dimension} dimensions");
                (factory, nprobe) = WriteVectors(vectors, count, dimension);
                written = dimension;
            }

            foreach (var version in new[] { "aaaaaaaaaaaa", "bbbbbbbbbbbb" })
                await PublishAsync(store, space, version, model, modelHash, count, dimension, factory, nprobe, [(vectors, SnapshotManifest.IndexFile), (rows, SnapshotManifest.RowsFile), (records, SnapshotManifest.RecordsFile), (database, SnapshotManifest.DatabaseFile)]);
            await ServeAsync(store, space, "aaaaaaaaaaaa");
        }

        File.Delete(vectors);
        File.Delete(database);
        File.Delete(records);
        File.Delete(rows);
    }

    /// <summary>Points current.json to a version.</summary>
    public static Task ServeAsync(ObjectStore store, EmbeddingSpace space, string version) =>
        store.WriteJsonAsync(SnapshotKeys.Current(space), new CurrentSnapshot { FormatVersion = 1, Version = version, History = [] });

    /// <summary>Paths of lookups like one sticker after another, in an order without a pattern.</summary>
    /// <param name="count">Number of stickers.</param>
    /// <param name="query">What follows the question mark.</param>
    public static RequestPath Similar(int count, string query) => (number, buffer) =>
        Utf8.TryWrite(buffer, CultureInfo.InvariantCulture, $"v1/stickers/{IdOf((int)(2654435761L * number % count)).Value}/similar?{query}", out var written) ? written : throw new ArgumentException("The path is too long.", nameof(query));

    /// <summary>The sticker of row i.</summary>
    public static StickerId IdOf(int i) => new(1_000_000_000_000 + (7L * i));

    private static (string Factory, int NProbe) WriteVectors(string path, int count, int dimension)
    {
        // The lists that IndexPlanner has for so many. Whole vectors, which the peer searches several times as fast as rounded ones.
        var lists = (int)Math.Max(512, BitOperations.RoundUpToPowerOf2((ulong)Math.Ceiling(2 * Math.Sqrt(count))));
        var factory = $"IVF{lists},Flat";
        var generator = new ClusteredRows(Clusters, dimension);
        using var index = FaissIndex.Create(dimension, factory, MetricType.InnerProduct);
        index.Train(generator.Rows(0, Math.Min(count, lists * TrainingOfAList)), Environment.ProcessorCount);
        var ids = new long[BatchRows];
        for (var first = 0; first < count; first += BatchRows)
        {
            var rows = Math.Min(BatchRows, count - first);
            for (var i = 0; i < rows; i++)
                ids[i] = first + i;
            index.AddWithIds(generator.Rows(first, rows), ids.AsSpan(0, rows), Environment.ProcessorCount);
        }

        index.EnableReconstruct();
        index.Save(path);
        return (factory, ProbesOf(index, lists, count));
    }

    /// <summary>The fewest lists by which the ten nearest of stickers are found to 99 %, as an index that is built measures them.</summary>
    private static int ProbesOf(FaissIndex index, int lists, int count)
    {
        const int queries = 200, k = 11;
        var vector = new float[index.Dimension];
        for (var probes = 4; ; probes *= 2)
        {
            var found = 0;
            for (var q = 0; q < queries; q++)
            {
                index.Reconstruct(2654435761L * (q + 1) % count, vector);
                found += Nearest(probes).Intersect(Nearest(lists)).Count();
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{probes} lists: recall@{k} of stickers' own vectors {found / (double)(queries * k):0.0000}"));
            if (found >= 0.99 * queries * k || probes >= lists)
                return probes;
        }

        long[] Nearest(int probes)
        {
            var (scores, rows) = (new float[k], new long[k]);
            index.Search(vector, k, scores, rows, new SearchParameters { NProbe = probes });
            return rows;
        }
    }

    private static void WriteStickers(string path, int count)
    {
        using var writer = StickerDatabaseWriter.Create(path);
        var random = new Random(2);
        for (var i = 0; i < count; i++)
        {
            var tags = new List<string> { $"word{(int)(5000 * Math.Pow(random.NextDouble(), 3))}", $"word{(int)(5000 * Math.Pow(random.NextDouble(), 3))}" };
            tags.AddRange(Shares.Where(share => i % share == 0).Select(share => string.Create(CultureInfo.InvariantCulture, $"share-{share}")));
            writer.Add(new StickerRecord
            {
                Id = IdOf(i),
                Key = $"synthetic/{i}",
                Pack = $"pack {random.Next(count / 30)}",
                Creator = $"creator {random.Next(count / 300)}",
                Title = null,
                Locale = "en",
                Tags = [.. tags.Distinct()],
                Suggestions = [],
            }, []);
        }

        writer.Complete();
    }

    private static async Task PublishAsync(
        LocalStore store, EmbeddingSpace space, string version, string model, string modelHash, int count, int dimension, string factory, int nprobe, (string From, string Name)[] files)
    {
        var folder = store.PathOf(SnapshotKeys.Folder(space, version));
        Directory.CreateDirectory(folder);
        foreach (var (from, name) in files)
            File.Copy(from, Path.Combine(folder, name), overwrite: true);
        await store.WriteJsonAsync(SnapshotKeys.Manifest(space, version), new SnapshotManifest
        {
            FormatVersion = SnapshotKeys.FormatVersion,
            Space = space.Name(),
            Version = version,
            Model = model,
            ModelHash = modelHash,
            Catalogue = "synthetic",
            CatalogueHash = "c",
            EmbeddingsHash = "e",
            Dimension = dimension,
            Count = count,
            Stickers = count,
            Factory = factory,
            Reason = "benchmark",
            NProbe = nprobe,
            EfSearch = 0,
            RecallAt10 = 1,
            RecallQueries = 0,
            Segments = [new SnapshotSegment(SnapshotSegment.Faiss, SnapshotManifest.RowsFile, SnapshotManifest.IndexFile, null, count, count)],
            Records = SnapshotManifest.RecordsFile,
            Files = [.. files.Select(file => FileOf(folder, file.Name))],
        });
    }

    private static CommittedFile FileOf(string folder, string name)
    {
        using var stream = File.OpenRead(Path.Combine(folder, name));
        return new CommittedFile(name, stream.Length, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    private static void CopyFolder(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var file in Directory.GetFiles(from))
            File.Copy(file, Path.Combine(to, Path.GetFileName(file)), overwrite: true);
    }
}
