using System.Numerics.Tensors;
using System.Security.Cryptography;
using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Display;
using Stickers.SimilaritySearch.Exact;
using Stickers.Storage;

namespace Stickers.SimilaritySearch;

/// <summary>One immutable, loaded index with everything needed to serve it. Thread-safe.</summary>
public sealed class Snapshot : IDisposable
{
    /// <summary>Most neighbours that one search returns.</summary>
    public const int MaxNeighbours = 10_000;

    private readonly SegmentSet _segments;
    private readonly IReadOnlyList<LocalFile> _files;

    private Snapshot(SnapshotManifest manifest, SegmentSet segments, StickerDatabase stickers, ReadyRecords? records, IReadOnlyList<LocalFile> files) =>
        (Manifest, _segments, Stickers, Records, _files) = (manifest, segments, stickers, records, files);

    /// <summary>What the snapshot was made of.</summary>
    public SnapshotManifest Manifest { get; }

    /// <summary>The vectors, for what needs more than <see cref="Search(ReadOnlySpan{float}, int, StickerId?)"/>.</summary>
    public SegmentSet Vectors => _segments;

    /// <summary>What results show.</summary>
    public StickerDatabase Stickers { get; }

    /// <summary>The same as ready JSON; null before format 4.</summary>
    public ReadyRecords? Records { get; }

    /// <summary>Opens one version, checking its files against the manifest.</summary>
    /// <exception cref="FileNotFoundException">The version does not exist or is unfinished.</exception>
    /// <exception cref="InvalidDataException">A file's size or hash differs from the manifest.</exception>
    public static async Task<Snapshot> OpenAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation = default)
    {
        var manifest = await SnapshotKeys.ReadManifestAsync(store, space, version, cancellation)
            ?? throw new FileNotFoundException(
                $"The {space.Name()} index {version} does not exist or is unfinished: {SnapshotKeys.Manifest(space, version)} is missing under {store.Root}.");
        var files = new Dictionary<string, LocalFile>();
        SegmentSet? segments = null;
        ReadyRecords? records = null;
        try
        {
            foreach (var file in manifest.Files)
                files.Add(file.Path, await FetchAsync(store, space, manifest, file.Path, cancellation));
            segments = await Task.Run(() => OpenSegments(manifest, name => files.TryGetValue(name, out var file)
                ? file.Path
                : throw new InvalidDataException($"{SnapshotKeys.Manifest(space, version)} does not list {name}.")), cancellation);
            if (segments.Count != manifest.Count)
                throw new InvalidDataException($"{SnapshotKeys.Folder(space, version)} holds {segments.Count} vectors; its manifest says {manifest.Count}.");
            if (!files.TryGetValue(SnapshotManifest.DatabaseFile, out var database))
                throw new InvalidDataException($"{SnapshotKeys.Manifest(space, version)} does not list {SnapshotManifest.DatabaseFile}.");
            if (manifest.Records is { } name)
                records = ReadyRecords.Open(files.TryGetValue(name, out var file) ? file.Path : throw new InvalidDataException($"{SnapshotKeys.Manifest(space, version)} does not list {name}."));
            return new Snapshot(manifest, segments, StickerDatabase.Open(database.Path), records, [.. files.Values]);
        }
        catch
        {
            segments?.Dispose();
            records?.Dispose();
            foreach (var file in files.Values)
                file.Dispose();
            throw;
        }
    }

    /// <summary>Opens the vectors of a snapshot from files on local disk.</summary>
    /// <param name="manifest">What they are.</param>
    /// <param name="pathOf">Path of a file that the manifest lists.</param>
    /// <exception cref="InvalidDataException">A file is not what the manifest says.</exception>
    public static SegmentSet OpenSegments(SnapshotManifest manifest, Func<string, string> pathOf)
    {
        ArgumentNullException.ThrowIfNull(manifest);
        ArgumentNullException.ThrowIfNull(pathOf);
        var segments = new SegmentSet(manifest.Dimension);
        try
        {
            foreach (var segment in manifest.Segments ?? [])
            {
                var rows = RowTable.Open(pathOf(segment.Rows));
                var alive = segment.Deleted is null ? null : RowBitmap.Read(pathOf(segment.Deleted), rows.Count);
                if (segment.Engine == SnapshotSegment.Exact)
                    segments.AddExact(pathOf(segment.Vectors), rows, alive);
                else if (segment.Engine == SnapshotSegment.Faiss)
                    segments.AddFaiss(pathOf(segment.Vectors), rows, alive, manifest.NProbe);
                else if (segment.Engine == SnapshotSegment.Coded)
                    segments.AddCoded(pathOf(segment.Vectors), rows, alive, manifest.NProbe);
                else
                    throw new InvalidDataException($"Index {manifest.Version} has a segment of engine '{segment.Engine}', which this program does not know.");
            }

            if (manifest.TagDocuments is { } documents)
                segments.AddTagDocuments(pathOf(documents));
            if (manifest.FormatVersion == 1)
                segments.AddFormat1(LoadFormat1(manifest, pathOf(SnapshotManifest.IndexFile)), new SearchParameters { NProbe = manifest.NProbe, EfSearch = manifest.EfSearch });
            return segments;
        }
        catch
        {
            segments.Dispose();
            throw;
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
    /// The k nearest stickers by cosine similarity, best first, equal ones by id. Scores are exact where the index holds whole vectors (Exact, Flat)
    /// and approximate where it holds rounded ones (SQ); which are found is up to the recall that the manifest states.
    /// </summary>
    /// <param name="query">Unit vector of the manifest's dimension, made by the manifest's model.</param>
    /// <param name="k">1 to <see cref="MaxNeighbours"/>.</param>
    /// <param name="exclude">Left out of the answer, e.g. the query itself.</param>
    /// <exception cref="ArgumentException">The query has another length, is not finite or not of length 1 (within 0.01).</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, StickerId? exclude = null) => Search(query, k, null, exclude);

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, StickerId?)"/>, among the stickers that a filter lets through.</summary>
    /// <param name="query">Unit vector of the manifest's dimension, made by the manifest's model.</param>
    /// <param name="k">1 to <see cref="MaxNeighbours"/>.</param>
    /// <param name="filter">Made by this snapshot's <see cref="CreateFilter"/>; null for all stickers.</param>
    /// <param name="exclude">Left out of the answer, e.g. the query itself.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="ArgumentException">The query has another length, is not finite or not of length 1 (within 0.01), or the filter is another snapshot's.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, SegmentFilter? filter, StickerId? exclude = null, CancellationToken cancellation = default)
    {
        Check(query, k);
        return _segments.Search(query, k, filter, exclude, 0, cancellation);
    }

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, SegmentFilter?, StickerId?, CancellationToken)"/>, and copies the hits' vectors, which a search has at hand.</summary>
    /// <param name="query">Unit vector of the manifest's dimension, made by the manifest's model.</param>
    /// <param name="k">1 to <see cref="MaxNeighbours"/>.</param>
    /// <param name="vectors">Room for k x d values: hit i's stand from i x d on.</param>
    /// <param name="filter">Made by this snapshot's <see cref="CreateFilter"/>; null for all stickers.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="ArgumentException">As there, or there is too little room.</exception>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, Span<float> vectors, SegmentFilter? filter = null, CancellationToken cancellation = default)
    {
        Check(query, k);
        return _segments.Search(query, k, vectors, filter, cancellation);
    }

    /// <summary>As <see cref="Search(ReadOnlySpan{float}, int, SegmentFilter?, StickerId?, CancellationToken)"/>, with candidates by tag document.</summary>
    /// <param name="query">Unit vector of the manifest's dimension, made by the manifest's model.</param>
    /// <param name="k">1 to <see cref="MaxNeighbours"/>.</param>
    /// <param name="candidates">Which tags, and whether the nearest lists are looked at as well.</param>
    /// <param name="filter">Made by this snapshot's <see cref="CreateFilter"/>; null for all stickers.</param>
    /// <param name="exclude">Left out of the answer, e.g. the query itself.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <exception cref="ArgumentException">As there.</exception>
    /// <exception cref="InvalidOperationException">The snapshot is of format 1 or 2, which have no tag documents.</exception>
    public IReadOnlyList<SearchHit> SearchAmong(
        ReadOnlySpan<float> query, int k, TagCandidates candidates, SegmentFilter? filter = null, StickerId? exclude = null, CancellationToken cancellation = default)
    {
        Check(query, k);
        return _segments.SearchAmong(query, k, candidates, filter, exclude, 0, cancellation);
    }

    /// <summary>A filter that lets through the stickers given; ids that the snapshot does not hold make no difference.</summary>
    public SegmentFilter CreateFilter(IEnumerable<StickerId> allowed) => _segments.CreateFilter(allowed);

    /// <summary>The stored vector of a sticker, or null when it is not in the index. Rounded where the index is quantized.</summary>
    public float[]? Vector(StickerId id)
    {
        var vector = new float[Manifest.Dimension];
        return TryCopyVector(id, vector) ? vector : null;
    }

    /// <summary>As <see cref="Vector"/>, into memory of the caller's; false, and nothing written, when it is not in the index.</summary>
    /// <param name="id">The sticker.</param>
    /// <param name="vector">As long as the manifest's dimension.</param>
    public bool TryCopyVector(StickerId id, Span<float> vector) => _segments.TryCopyVector(id, vector);

    /// <summary>Frees the index and closes the database; calls in flight finish, later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _segments.Dispose();
        Stickers.Dispose();
        Records?.Dispose();
        foreach (var file in _files)
            file.Dispose();
    }

    /// <summary>Compares a snapshot's files with its manifest, without loading them.</summary>
    /// <exception cref="InvalidDataException">A file is missing, or its size or hash differs.</exception>
    public static async Task VerifyAsync(ObjectStore store, EmbeddingSpace space, SnapshotManifest manifest, CancellationToken cancellation = default)
    {
        foreach (var name in manifest.Files.Select(file => file.Path))
        {
            var (key, expected) = await FindAsync(store, space, manifest, name, cancellation);
            await using var stream = await store.OpenReadAsync(key, cancellation);
            await VerifyAsync(key, expected, stream, cancellation);
        }
    }

    private void Check(ReadOnlySpan<float> query, int k)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, MaxNeighbours);
        if (query.Length != Manifest.Dimension)
            throw new ArgumentException($"The query has {query.Length} dimensions, the index {Manifest.Dimension}.", nameof(query));
        var norm = TensorPrimitives.Norm(query);
        if (!(Math.Abs(norm - 1) < 0.01f)) // written so that NaN fails too
            throw new ArgumentException($"The query is no unit vector: its length is {norm}.", nameof(query));
    }

    private static FaissIndex LoadFormat1(SnapshotManifest manifest, string path)
    {
        try
        {
            var index = FaissIndex.Load(path);
            if (index.Dimension == manifest.Dimension && index.Count == manifest.Count && index.Metric == MetricType.InnerProduct)
                return index;
            using (index)
            {
                throw new InvalidDataException(
                    $"{path} holds {index.Count} vectors of {index.Dimension} dimensions by {index.Metric}; its manifest says {manifest.Count} of {manifest.Dimension} by {MetricType.InnerProduct}.");
            }
        }
        catch (FaissException e)
        {
            throw new InvalidDataException($"{path} cannot be loaded: {e.Message}", e);
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
        var key = SnapshotKeys.File(space, manifest.Version, name);
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
