using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>stickers.db of a snapshot, read-only: records, thumbnails, and the tags as text. Thread-safe.</summary>
public sealed class StickerDatabase : IDisposable
{
    /// <summary>Opens a database file read-only.</summary>
    public static StickerDatabase Open(string path) => throw new NotImplementedException();

    /// <summary>Number of stickers.</summary>
    public long Count => throw new NotImplementedException();

    /// <summary>The record of a sticker, or null.</summary>
    public StickerRecord? Find(StickerId id) => throw new NotImplementedException();

    /// <summary>PNG of at most 160 pixels a side, or null.</summary>
    public byte[]? Thumbnail(StickerId id) => throw new NotImplementedException();

    /// <summary>
    /// Stickers whose tags, accepted suggestions or title match all words of the text (prefix match on the last word), best first:
    /// creators' tags before suggestions before titles.
    /// </summary>
    public IReadOnlyList<SearchHit> SearchText(string text, int k) => throw new NotImplementedException();

    /// <summary>The tags of the catalogue with the number of stickers carrying them, most frequent first.</summary>
    public IReadOnlyList<(string Tag, long Count)> TopTags(int k) => throw new NotImplementedException();

    /// <summary>A page of the catalogue in a stable, mixed order, for browsing.</summary>
    public IReadOnlyList<StickerRecord> Browse(int offset, int count) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}

/// <summary>Writes a stickers.db. The same rows in the same order give the same bytes.</summary>
public sealed class StickerDatabaseWriter : IDisposable
{
    /// <summary>Creates the file, replacing what stood there.</summary>
    public static StickerDatabaseWriter Create(string path) => throw new NotImplementedException();

    /// <summary>Adds one sticker with its thumbnail (PNG, at most 160 pixels a side).</summary>
    public void Add(StickerRecord record, ReadOnlySpan<byte> thumbnail) => throw new NotImplementedException();

    /// <summary>Builds the text index and closes the file.</summary>
    public void Complete() => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
