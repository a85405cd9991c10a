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
    private readonly SearchParameters _parameters;

    private Snapshot(SnapshotManifest manifest, FaissIndex index, StickerDatabase stickers)
    {
        Manifest = manifest;
        Stickers = stickers;
        _index = index;
        _parameters = new SearchParameters { NProbe = manifest.NProbe, EfSearch = manifest.EfSearch };
    }

    /// <summary>What the snapshot was made of.</summary>
    public SnapshotManifest Manifest { get; }

    /// <summary>What results show.</summary>
    public StickerDatabase Stickers { get; }

    /// <summary>Opens one version, checking its files against the manifest.</summary>
    /// <exception cref="FileNotFoundException">The version does not exist or is unfinished.</exception>
    /// <exception cref="InvalidDataException">A file's size or hash differs from the manifest.</exception>
    public static async Task<Snapshot> OpenAsync(LocalStore store, EmbeddingSpace space, string version, CancellationToken cancellation = default)
    {
        var manifest = await SnapshotKeys.ReadManifestAsync(store, space, version, cancellation)
            ?? throw new FileNotFoundException(
                $"The {space.Name()} index {version} does not exist or is unfinished: {SnapshotKeys.Manifest(space, version)} is missing under {store.Root}.");
        await VerifyAsync(store, space, manifest, cancellation);
        var folder = SnapshotKeys.Folder(space, version);

        FaissIndex? index = null;
        try
        {
            index = await Task.Run(() => FaissIndex.Load(store.PathOf($"{folder}/{SnapshotManifest.IndexFile}")), cancellation);
            if (index.Dimension != manifest.Dimension || index.Count != manifest.Count || index.Metric != MetricType.InnerProduct)
            {
                throw new InvalidDataException(
                    $"{folder}/{SnapshotManifest.IndexFile} holds {index.Count} vectors of {index.Dimension} dimensions by {index.Metric}; " +
                    $"its manifest says {manifest.Count} of {manifest.Dimension} by {MetricType.InnerProduct}.");
            }

            var stickers = StickerDatabase.Open(store.PathOf($"{folder}/{SnapshotManifest.DatabaseFile}"));
            var snapshot = new Snapshot(manifest, index, stickers);
            index = null;
            return snapshot;
        }
        catch (FaissException e)
        {
            throw new InvalidDataException($"{folder}/{SnapshotManifest.IndexFile} cannot be loaded: {e.Message}", e);
        }
        finally
        {
            index?.Dispose();
        }
    }

    /// <summary>Opens the version that current.json names.</summary>
    /// <exception cref="FileNotFoundException">Nothing was published yet; the message says how to.</exception>
    /// <exception cref="InvalidDataException">A file's size or hash differs from the manifest.</exception>
    public static async Task<Snapshot> OpenCurrentAsync(LocalStore store, EmbeddingSpace space, CancellationToken cancellation = default)
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
        return _index.TryReconstruct(id.Value, vector) ? vector : null;
    }

    /// <summary>Frees the index and closes the database; calls in flight finish, later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _index.Dispose();
        Stickers.Dispose();
    }

    /// <summary>Compares a snapshot's files with its manifest, without loading them.</summary>
    /// <exception cref="InvalidDataException">A file is missing, or its size or hash differs.</exception>
    public static async Task VerifyAsync(LocalStore store, EmbeddingSpace space, SnapshotManifest manifest, CancellationToken cancellation = default)
    {
        foreach (var name in (string[])[SnapshotManifest.IndexFile, SnapshotManifest.DatabaseFile])
        {
            var file = manifest.Files.SingleOrDefault(f => f.Path == name)
                ?? throw new InvalidDataException($"{SnapshotKeys.Manifest(space, manifest.Version)} does not list {name}.");
            await VerifyAsync(store, $"{SnapshotKeys.Folder(space, manifest.Version)}/{name}", file, cancellation);
        }
    }

    private static async Task VerifyAsync(LocalStore store, string key, CommittedFile expected, CancellationToken cancellation)
    {
        var found = await store.StatAsync(key, cancellation)
            ?? throw new InvalidDataException($"{key} is missing under {store.Root}, though its manifest lists it. Build the index again or roll back.");
        if (found.Bytes != expected.Bytes)
            throw new InvalidDataException($"{key} has {found.Bytes} bytes; its manifest says {expected.Bytes}. Build the index again or roll back.");
        await using var stream = await store.OpenReadAsync(key, cancellation);
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(stream, cancellation));
        if (hash != expected.Sha256)
            throw new InvalidDataException($"{key} has SHA-256 {hash}; its manifest says {expected.Sha256}. Build the index again or roll back.");
    }
}
