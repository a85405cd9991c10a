using System.Numerics.Tensors;
using System.Security.Cryptography;
using Faiss;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.SimilaritySearch;

/// <summary>One immutable, loaded index with everything needed to serve it. Thread-safe.</summary>
public sealed class Snapshot : IDisposable
{
    /// <summary>Most neighbours that one search returns.</summary>
    public const int MaxNeighbours = 1000;

    private readonly FaissIndex _index;
    private readonly LocalFile _database;
    private readonly SearchParameters _parameters;

    private Snapshot(SnapshotManifest manifest, FaissIndex index, StickerDatabase stickers, LocalFile database)
    {
        Manifest = manifest;
        Stickers = stickers;
        _index = index;
        _database = database;
        _parameters = new SearchParameters { NProbe = manifest.NProbe, EfSearch = manifest.EfSearch };
    }

    /// <summary>What the snapshot was made of.</summary>
    public SnapshotManifest Manifest { get; }

    /// <summary>What results show.</summary>
    public StickerDatabase Stickers { get; }

    /// <summary>Opens one version, checking its files against the manifest.</summary>
    /// <exception cref="FileNotFoundException">The version does not exist or is unfinished.</exception>
    /// <exception cref="InvalidDataException">A file's size or hash differs from the manifest.</exception>
    public static async Task<Snapshot> OpenAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation = default)
    {
        var manifest = await SnapshotKeys.ReadManifestAsync(store, space, version, cancellation)
            ?? throw new FileNotFoundException(
                $"The {space.Name()} index {version} does not exist or is unfinished: {SnapshotKeys.Manifest(space, version)} is missing under {store.Root}.");
        var folder = SnapshotKeys.Folder(space, version);
        FaissIndex? index = null;
        LocalFile? database = null;
        try
        {
            database = await FetchAsync(store, space, manifest, SnapshotManifest.DatabaseFile, cancellation);
            using (var file = await FetchAsync(store, space, manifest, SnapshotManifest.IndexFile, cancellation))
                index = await Task.Run(() => FaissIndex.Load(file.Path), cancellation);
            if (index.Dimension != manifest.Dimension || index.Count != manifest.Count || index.Metric != MetricType.InnerProduct)
            {
                throw new InvalidDataException(
                    $"{folder}/{SnapshotManifest.IndexFile} holds {index.Count} vectors of {index.Dimension} dimensions by {index.Metric}; " +
                    $"its manifest says {manifest.Count} of {manifest.Dimension} by {MetricType.InnerProduct}.");
            }

            var snapshot = new Snapshot(manifest, index, StickerDatabase.Open(database.Path), database);
            (index, database) = (null, null);
            return snapshot;
        }
        catch (FaissException e)
        {
            throw new InvalidDataException($"{folder}/{SnapshotManifest.IndexFile} cannot be loaded: {e.Message}", e);
        }
        finally
        {
            index?.Dispose();
            database?.Dispose();
        }
    }

    /// <summary>Opens the version that current.json names.</summary>
    /// <exception cref="FileNotFoundException">Nothing was published yet; the message says how to.</exception>
    /// <exception cref="InvalidDataException">A file's size or hash differs from the manifest.</exception>
    public static async Task<Snapshot> OpenCurrentAsync(ObjectStore store, EmbeddingSpace space, CancellationToken cancellation = default)
    {
        var current = await SnapshotKeys.ReadCurrentAsync(store, space, cancellation)
            ?? throw new FileNotFoundException($"No {space.Name()} index is published under {store.Root}. Build one: stickers index build --space {space.Name()}");
        return await OpenAsync(store, space, current.Version, cancellation);
    }

    /// <summary>
    /// The k nearest stickers by cosine similarity, best first, equal ones by id. Scores are exact where the index holds whole vectors (Flat, HNSW)
    /// and approximate where it holds rounded ones (SQ); which are found is up to the recall that the manifest states.
    /// </summary>
    /// <param name="query">Unit vector of the manifest's dimension, made by the manifest's model.</param>
    /// <param name="k">1 to <see cref="MaxNeighbours"/>.</param>
    /// <param name="exclude">Left out of the answer, e.g. the query itself.</param>
    /// <exception cref="ArgumentException">The query has another length, is not finite or not of length 1 (within 0.01).</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, StickerId? exclude = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, MaxNeighbours);
        if (query.Length != Manifest.Dimension)
            throw new ArgumentException($"The query has {query.Length} dimensions, the index {Manifest.Dimension}.", nameof(query));
        var norm = TensorPrimitives.Norm(query);
        if (!(Math.Abs(norm - 1) < 0.01f)) // written so that NaN fails too
            throw new ArgumentException($"The query is no unit vector: its length is {norm}.", nameof(query));

        var wanted = exclude is null ? k : k + 1;
        Span<float> scores = wanted <= 256 ? stackalloc float[wanted] : new float[wanted];
        Span<long> ids = wanted <= 256 ? stackalloc long[wanted] : new long[wanted];
        _index.Search(query, wanted, scores, ids, _parameters);
        var hits = new List<SearchHit>(wanted);
        for (var i = 0; i < wanted; i++)
        {
            if (ids[i] >= 0 && ids[i] != exclude?.Value)
                hits.Add(new SearchHit(new StickerId(ids[i]), scores[i]));
        }

        hits.Sort((a, b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Id.Value.CompareTo(b.Id.Value));
        if (hits.Count > k)
            hits.RemoveAt(k);
        return hits;
    }

    /// <summary>The stored vector of a sticker, or null when it is not in the index. Rounded where the index is quantized.</summary>
    public float[]? Vector(StickerId id)
    {
        var vector = new float[Manifest.Dimension];
        return TryCopyVector(id, vector) ? vector : null;
    }

    /// <summary>As <see cref="Vector"/>, into memory of the caller's; false, and nothing written, when it is not in the index.</summary>
    /// <param name="id">The sticker.</param>
    /// <param name="vector">As long as the manifest's dimension.</param>
    public bool TryCopyVector(StickerId id, Span<float> vector) => _index.TryReconstruct(id.Value, vector);

    /// <summary>Frees the index and closes the database; calls in flight finish, later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _index.Dispose();
        Stickers.Dispose();
        _database.Dispose();
    }

    /// <summary>Compares a snapshot's files with its manifest, without loading them.</summary>
    /// <exception cref="InvalidDataException">A file is missing, or its size or hash differs.</exception>
    public static async Task VerifyAsync(ObjectStore store, EmbeddingSpace space, SnapshotManifest manifest, CancellationToken cancellation = default)
    {
        foreach (var name in (string[])[SnapshotManifest.IndexFile, SnapshotManifest.DatabaseFile])
        {
            var (key, expected) = await FindAsync(store, space, manifest, name, cancellation);
            await using var stream = await store.OpenReadAsync(key, cancellation);
            await VerifyAsync(key, expected, stream, cancellation);
        }
    }

    /// <summary>A file of the snapshot on local disk, compared with the manifest there.</summary>
    private static async Task<LocalFile> FetchAsync(ObjectStore store, EmbeddingSpace space, SnapshotManifest manifest, string name, CancellationToken cancellation)
    {
        var (key, expected) = await FindAsync(store, space, manifest, name, cancellation);
        var file = await store.FetchAsync(key, cancellation);
        try
        {
            await using var stream = new FileStream(file.Path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16, FileOptions.SequentialScan | FileOptions.Asynchronous);
            await VerifyAsync(key, expected, stream, cancellation);
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>What the manifest says of a file that has the size that it says.</summary>
    private static async Task<(string Key, CommittedFile Expected)> FindAsync(ObjectStore store, EmbeddingSpace space, SnapshotManifest manifest, string name, CancellationToken cancellation)
    {
        var expected = manifest.Files.SingleOrDefault(file => file.Path == name)
            ?? throw new InvalidDataException($"{SnapshotKeys.Manifest(space, manifest.Version)} does not list {name}.");
        var key = $"{SnapshotKeys.Folder(space, manifest.Version)}/{name}";
        var found = await store.StatAsync(key, cancellation)
            ?? throw new InvalidDataException($"{key} is missing under {store.Root}, though its manifest lists it. Build the index again or roll back.");
        return found.Bytes == expected.Bytes
            ? (key, expected)
            : throw new InvalidDataException($"{key} has {found.Bytes} bytes; its manifest says {expected.Bytes}. Build the index again or roll back.");
    }

    private static async Task VerifyAsync(string key, CommittedFile expected, Stream content, CancellationToken cancellation)
    {
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellation));
        if (hash != expected.Sha256)
            throw new InvalidDataException($"{key} has SHA-256 {hash}; its manifest says {expected.Sha256}. Build the index again or roll back.");
    }
}
