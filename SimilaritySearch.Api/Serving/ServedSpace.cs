using System.Collections.Concurrent;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>The snapshot of one space with what was read from it when it was loaded. Thread-safe.</summary>
internal sealed class ServedSpace(EmbeddingSpace space, Snapshot snapshot, StickerAttributes attributes) : IDisposable
{
    /// <summary>Stickers whose record is kept ready: about 1 KB each.</summary>
    private const int MostReady = 100_000;

    private readonly ConcurrentDictionary<long, StickerAnswer> _ready = new();

    public EmbeddingSpace Space { get; } = space;

    public Snapshot Snapshot { get; } = snapshot;

    public StickerAttributes Attributes { get; } = attributes;

    public string Version => Snapshot.Manifest.Version;

    /// <summary>Hash of the database, the same in both spaces when they show the same stickers.</summary>
    public string DatabaseHash => DatabaseHashOf(Snapshot.Manifest);

    /// <inheritdoc cref="DatabaseHash"/>
    public static string DatabaseHashOf(SnapshotManifest manifest) => manifest.Files.Single(file => file.Path == SnapshotManifest.DatabaseFile).Sha256;

    /// <summary>What answers show of a sticker, or null when the snapshot does not have it.</summary>
    public StickerAnswer? Find(StickerId id)
    {
        if (_ready.TryGetValue(id.Value, out var ready))
            return ready;
        if (Snapshot.Stickers.Find(id) is not { } record)
            return null;
        // Rarely reached, and what is asked for often comes back at once: cheaper than keeping an order of use.
        if (_ready.Count >= MostReady)
            _ready.Clear();
        return _ready.GetOrAdd(id.Value, StickerAnswer.Of(record));
    }

    public void Dispose() => Snapshot.Dispose();
}
