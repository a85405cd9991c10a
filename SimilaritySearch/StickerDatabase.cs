using System.Collections.Concurrent;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>stickers.db of a snapshot, read-only: records, thumbnails, and the tags as text. Thread-safe.</summary>
public sealed class StickerDatabase : IDisposable
{
    /// <summary>Longest text that <see cref="SearchText"/> takes, characters.</summary>
    public const int MaxTextLength = TextQuery.MaxLength;

    /// <summary>Most rows that one call returns.</summary>
    public const int MaxRows = 1000;

    /// <summary>Most hits that a search for words returns.</summary>
    public const int MaxHits = 10_000;

    /// <summary>
    /// Where words may match, best place first: the creator's tags; tags and accepted suggestions; those and the title. In each, whole
    /// words come before beginnings. The score says the place.
    /// </summary>
    private static readonly (string Columns, bool Prefix, float Score)[] Places =
    [
        ("tags", false, 1f), ("tags", true, 0.9f),
        ("tags suggestions", false, 0.7f), ("tags suggestions", true, 0.6f),
        ("tags suggestions title", false, 0.4f), ("tags suggestions title", true, 0.3f),
    ];

    private readonly string _path;
    private readonly ConcurrentBag<StickerDatabaseReader> _idle = [];
    private volatile bool _disposed;

    private StickerDatabase(string path)
    {
        _path = path;
        Count = Read(reader => reader.Count());
    }

    /// <summary>Number of stickers.</summary>
    public long Count { get; }

    /// <summary>Opens a database file read-only. The file must not change while it is open.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no stickers.db, or of another format version.</exception>
    public static StickerDatabase Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!File.Exists(path))
            throw new FileNotFoundException($"No sticker database at {path}.", path);
        return new StickerDatabase(Path.GetFullPath(path));
    }

    /// <summary>The record of a sticker, or null.</summary>
    public StickerRecord? Find(StickerId id) => Read(reader => reader.Find(id));

    /// <summary>Shows a sticker's row as it stands, to who copies it on; false where there is none.</summary>
    /// <param name="id">The sticker.</param>
    /// <param name="state">Passed to <paramref name="read"/>.</param>
    /// <param name="read">Takes what it needs; it must not call the database.</param>
    public bool Read<TState>(StickerId id, TState state, StickerRowReader<TState> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        var reader = Lend();
        try
        {
            return reader.Read(id, state, read);
        }
        finally
        {
            GiveBack(reader);
        }
    }

    /// <summary>Shows all rows in the order of their ids, as <see cref="Read{TState}(StickerId, TState, StickerRowReader{TState})"/> shows one.</summary>
    /// <param name="state">Passed to <paramref name="read"/>.</param>
    /// <param name="read">Takes what it needs; it must not call the database.</param>
    public void ReadRows<TState>(TState state, StickerRowReader<TState> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var reader = new StickerDatabaseReader(_path);
        reader.ReadRows(state, read);
    }

    /// <summary>PNG of at most 160 pixels a side, or null.</summary>
    public byte[]? Thumbnail(StickerId id) => Read(reader => reader.Thumbnail(id));

    /// <summary>
    /// Stickers whose tags, accepted suggestions or title match all words of the text (prefix match on the last word), best first:
    /// creators' tags before suggestions before titles. Case, diacritics and full-width forms make no difference.
    /// </summary>
    /// <param name="text">At most <see cref="MaxTextLength"/> characters; words after the twelfth are left out. A text without words finds nothing.</param>
    /// <param name="k">1 to <see cref="MaxHits"/>.</param>
    /// <param name="passes">Says of a sticker whether it may be found: asked while the search goes on, so that none is missed for those that may not. Null for all.</param>
    /// <returns>Hits whose score says where the words were found: 1 creator's tags, 0.7 suggestions, 0.4 title; 0.1 less where the last word goes on.</returns>
    public IReadOnlyList<SearchHit> SearchText(string text, int k, Func<StickerId, bool>? passes = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(text.Length, MaxTextLength, nameof(text));
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, MaxHits);
        var words = TextQuery.Words(text);
        if (words.Count == 0)
            return [];
        return Read(reader =>
        {
            var hits = new List<SearchHit>();
            var seen = new HashSet<long>();
            foreach (var (columns, prefix, score) in Places)
            {
                // A later place finds again what an earlier one has.
                foreach (var id in reader.Match(TextQuery.Expression(columns, words, prefix)))
                {
                    if (seen.Add(id) && passes?.Invoke(new StickerId(id)) != false)
                        hits.Add(new SearchHit(new StickerId(id), score));
                    if (hits.Count == k)
                        return hits;
                }
            }

            return hits;
        });
    }

    /// <summary>The creators' tags with the number of stickers carrying them, most frequent first.</summary>
    /// <param name="k">1 to <see cref="MaxRows"/>.</param>
    public IReadOnlyList<(string Tag, long Count)> TopTags(int k)
    {
        CheckRows(k, nameof(k));
        return Read(reader => reader.TopTags(k));
    }

    /// <summary>A page of the catalogue in a stable, mixed order, for browsing.</summary>
    /// <param name="offset">Position to start at, 0 or more; beyond the end the page is empty.</param>
    /// <param name="count">1 to <see cref="MaxRows"/>.</param>
    public IReadOnlyList<StickerRecord> Browse(int offset, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        CheckRows(count, nameof(count));
        return Read(reader => reader.Browse(offset, count));
    }

    /// <summary>All records in the order of their ids, streamed over a connection of their own.</summary>
    public IEnumerable<StickerRecord> ReadAll()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        using var reader = new StickerDatabaseReader(_path);
        foreach (var record in reader.ReadAll())
            yield return record;
    }

    /// <summary>Closes all connections; calls in flight finish, later ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var reader))
            reader.Dispose();
    }

    private static void CheckRows(int rows, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1, name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows, name);
    }

    private T Read<T>(Func<StickerDatabaseReader, T> work)
    {
        var reader = Lend();
        try
        {
            return work(reader);
        }
        finally
        {
            GiveBack(reader);
        }
    }

    /// <summary>Lends a connection to one call; there are never more of them than calls at once.</summary>
    private StickerDatabaseReader Lend()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        return _idle.TryTake(out var reader) ? reader : new StickerDatabaseReader(_path);
    }

    private void GiveBack(StickerDatabaseReader reader)
    {
        _idle.Add(reader);
        if (_disposed)
            Dispose();
    }
}
