using System.Numerics.Tensors;
using System.Security.Cryptography;
using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Display;
using Stickers.Storage;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>A store with an untrained model and a published index in both spaces over the drawn stickers, and a crowd of others when it shall have more than a few pages.</summary>
internal sealed class TestWorld : IDisposable
{
    private TestWorld(LocalStore store, IReadOnlyDictionary<StickerId, Prediction> predictions, string modelHash, int crowd)
    {
        Crowd = [.. Enumerable.Range(0, crowd).Select(i => StickerId.FromKey($"crowd/{i}"))];
        Store = store;
        Predictions = predictions;
        ModelHash = modelHash;
    }

    public const string ModelVersion = "untrained";
    public const string UntaggedColour = "pink";

    public LocalStore Store { get; }

    /// <summary>What the model says of each sticker: the truth for neighbours.</summary>
    public IReadOnlyDictionary<StickerId, Prediction> Predictions { get; }

    public string ModelHash { get; }

    /// <summary>Stickers tagged <c>crowd</c> beside the drawn ones, whose vectors are <see cref="CrowdVector"/>.</summary>
    public IReadOnlyList<StickerId> Crowd { get; }

    /// <summary>The vector, in either space, of the i-th of the crowd: of length 1, in a random direction.</summary>
    public static float[] CrowdVector(int i, int dimension)
    {
        var random = new Random(i);
        var vector = Enumerable.Range(0, dimension).Select(_ => (float)(random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5)).ToArray();
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<float>(vector), vector);
        return vector;
    }

    public static async Task<TestWorld> CreateAsync(CancellationToken cancellation, int crowd = 0)
    {
        var store = new LocalStore(Directory.CreateTempSubdirectory("stickers-api-").FullName);
        await TestModel.WriteAsync(store, ModelVersion, cancellation);
        using var model = await StickerModel.LoadAsync(store, ModelVersion, cancellation);
        var predicted = model.Predict([.. DrawnSticker.All.Select(sticker => sticker.Picture)]);
        var predictions = DrawnSticker.All.Zip(predicted).ToDictionary(pair => pair.First.Id, pair => pair.Second);
        var world = new TestWorld(store, predictions, model.ContentHash, crowd);
        await world.PublishAsync(EmbeddingSpace.Visual, model.ContentHash, cancellation);
        await world.PublishAsync(EmbeddingSpace.Semantic, model.ContentHash, cancellation);
        return world;
    }

    /// <summary>Writes and publishes a snapshot that claims to be made by a model of this content hash.</summary>
    /// <param name="space">The space.</param>
    /// <param name="modelHash">Content hash of the model.</param>
    /// <param name="cancellation">Stops the writing.</param>
    /// <param name="salt">Another one gives another version.</param>
    /// <param name="model">Version of the model.</param>
    /// <param name="damaged">Whether its vectors differ from what its manifest says.</param>
    /// <param name="records">Whether it has ready records, as snapshots have since format 4.</param>
    public async Task<SnapshotManifest> PublishAsync(
        EmbeddingSpace space, string modelHash, CancellationToken cancellation, string salt = "", string model = ModelVersion, bool damaged = false, bool records = true)
    {
        var name = space.ToString().ToLowerInvariant();
        var version = Convert.ToHexStringLower(SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name + modelHash + salt)))[..12];
        var folder = $"indexes/{name}/{version}";
        Directory.CreateDirectory(Store.PathOf(folder));
        var dimension = WriteVectors(space, Store.PathOf($"{folder}/{SnapshotManifest.IndexFile}"));
        WriteStickers(Store.PathOf($"{folder}/{SnapshotManifest.DatabaseFile}"));
        if (records)
        {
            using var stickers = StickerDatabase.Open(Store.PathOf($"{folder}/{SnapshotManifest.DatabaseFile}"));
            ReadyRecordsWriter.Write(Store.PathOf($"{folder}/{SnapshotManifest.RecordsFile}"), stickers, cancellation);
        }

        var manifest = new SnapshotManifest
        {
            FormatVersion = 1,
            Space = name,
            Version = version,
            Model = model,
            ModelHash = modelHash,
            Catalogue = "drawn",
            CatalogueHash = "c0",
            EmbeddingsHash = "e0",
            Dimension = dimension,
            Count = DrawnSticker.All.Count + Crowd.Count,
            Factory = "IDMap2,Flat",
            Reason = "so few vectors",
            NProbe = 0,
            EfSearch = 0,
            RecallAt10 = 1,
            RecallQueries = DrawnSticker.All.Count,
            Records = records ? SnapshotManifest.RecordsFile : null,
            Files = [Commit(folder, SnapshotManifest.IndexFile), .. records ? [Commit(folder, SnapshotManifest.RecordsFile)] : Array.Empty<CommittedFile>(), Commit(folder, SnapshotManifest.DatabaseFile)],
        };
        if (damaged)
        {
            await using var vectors = File.OpenWrite(Store.PathOf($"{folder}/{SnapshotManifest.IndexFile}"));
            vectors.Position = vectors.Length / 2;
            vectors.Write([1, 2, 3, 4]);
        }

        await Store.WriteJsonAsync($"{folder}/index.json", manifest, cancellation);
        await Store.WriteJsonAsync($"indexes/{name}/current.json", new CurrentSnapshot { FormatVersion = 1, Version = version, History = [] }, cancellation);
        return manifest;
    }

    /// <summary>Writes one more model of other weights; its content hash.</summary>
    public async Task<string> AddModelAsync(string version, int seed, CancellationToken cancellation)
    {
        await TestModel.WriteAsync(Store, version, cancellation, seed);
        using var model = await StickerModel.LoadAsync(Store, version, cancellation);
        return model.ContentHash;
    }

    public void Dispose() => Directory.Delete(Store.Root, recursive: true);

    private int WriteVectors(EmbeddingSpace space, string path)
    {
        var vectors = DrawnSticker.All.Select(sticker => Predictions[sticker.Id]).Select(p => space == EmbeddingSpace.Visual ? p.Visual : p.Semantic).ToList();
        var dimension = vectors[0].Length;
        vectors.AddRange(Enumerable.Range(0, Crowd.Count).Select(i => CrowdVector(i, dimension)));
        using var index = FaissIndex.Create(dimension, "IDMap2,Flat", MetricType.InnerProduct);
        index.AddWithIds(vectors.SelectMany(vector => vector).ToArray(), DrawnSticker.All.Select(sticker => sticker.Id).Concat(Crowd).Select(id => id.Value).ToArray());
        index.Save(path);
        return dimension;
    }

    /// <summary>Red ones are old, black ones of no known age, all others new.</summary>
    internal static DateTime? CreatedOf(DrawnSticker sticker) => sticker.Colour switch
    {
        "black" => null,
        "red" => new DateTime(2019, 7, 1, 0, 0, 0, DateTimeKind.Utc),
        _ => new DateTime(2024, 5, 31, 12, 0, 0, DateTimeKind.Utc),
    };

    /// <summary>Pink stickers have suggestions instead of tags; one record carries what a hostile creator would write.</summary>
    private void WriteStickers(string path)
    {
        using var writer = StickerDatabaseWriter.Create(path);
        foreach (var sticker in DrawnSticker.All)
        {
            var untagged = sticker.Colour == UntaggedColour;
            writer.Add(new StickerRecord
            {
                Id = sticker.Id,
                Key = sticker.Key,
                Pack = sticker.Shape is "circle" or "ring" ? "round" : "drawn",
                Creator = sticker.Colour == "black" ? "<img src=x onerror=alert(1)>" : "Ann",
                Title = untagged ? null : $"{sticker.Colour} {sticker.Shape}",
                Locale = sticker.Colour == "green" ? "ja" : "en",
                Frames = sticker.Colour == "blue" ? 4 : 1,
                Created = CreatedOf(sticker),
                Tags = untagged ? [] : [sticker.Colour, sticker.Shape],
                Suggestions = untagged ? [new SuggestedTag(sticker.Shape, 0.91f, "accept"), new SuggestedTag("shape", 0.42f, "review")] : [],
            }, sticker.Png);
        }

        for (var i = 0; i < Crowd.Count; i++)
            writer.Add(new StickerRecord { Id = Crowd[i], Key = $"crowd/{i}", Pack = "crowd", Creator = "Ann", Locale = "en", Frames = 1, Tags = ["crowd"], Suggestions = [] }, DrawnSticker.All[0].Png);
        writer.Complete();
    }

    private CommittedFile Commit(string folder, string file)
    {
        var bytes = File.ReadAllBytes(Store.PathOf($"{folder}/{file}"));
        return new CommittedFile(file, bytes.Length, Convert.ToHexStringLower(SHA256.HashData(bytes)));
    }
}
