using System.Collections.Concurrent;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>
/// What was read from a stickers.db: its attributes, and the records that answers have shown. Snapshots with the same database have it in common: mostly the two of a pair,
/// and the next pair when only vectors changed. Thread-safe.
/// </summary>
internal sealed class ServedStickers(string databaseHash, StickerAttributes attributes)
{
    /// <summary>Stickers whose record is kept ready: about 1 KB each.</summary>
    private const int MostReady = 100_000;

    private readonly ConcurrentDictionary<long, StickerAnswer> _ready = new();

    /// <summary>SHA-256 of the database.</summary>
    public string DatabaseHash => databaseHash;

    public StickerAttributes Attributes => attributes;

    /// <summary>What answers show of a sticker, or null when the database does not have it.</summary>
    public StickerAnswer? Find(StickerDatabase database, StickerId id)
    {
        if (_ready.TryGetValue(id.Value, out var ready))
            return ready;
        if (database.Find(id) is not { } record)
            return null;
        // Rarely reached, and what is asked for often comes back at once: cheaper than keeping an order of use.
        if (_ready.Count >= MostReady)
            _ready.Clear();
        return _ready.GetOrAdd(id.Value, StickerAnswer.Of(record));
    }
}
