using SQLitePCL;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>
/// A row of stickers.db as it stands there, UTF-8 in SQLite's own memory: nothing is parsed or copied. Only for the length of the call that
/// hands it out.
/// </summary>
public readonly ref struct StickerRow
{
    internal StickerRow(StickerId id, sqlite3_stmt row)
    {
        Id = id;
        Key = raw.sqlite3_column_blob(row, 0);
        Pack = raw.sqlite3_column_blob(row, 1);
        Creator = raw.sqlite3_column_blob(row, 2);
        HasTitle = raw.sqlite3_column_type(row, 3) != raw.SQLITE_NULL;
        Title = raw.sqlite3_column_blob(row, 3);
        Locale = raw.sqlite3_column_blob(row, 4);
        Tags = raw.sqlite3_column_blob(row, 5);
        Suggestions = raw.sqlite3_column_blob(row, 6);
        Frames = raw.sqlite3_column_int(row, 7);
        Created = raw.sqlite3_column_type(row, 8) == raw.SQLITE_NULL ? null : DateTimeOffset.FromUnixTimeSeconds(raw.sqlite3_column_int64(row, 8)).UtcDateTime;
    }

    /// <summary>Columns in the order in which they are read here; frames and created follow.</summary>
    internal const string Columns = "s.key, s.pack, s.creator, s.title, s.locale, s.tags, s.suggestions";

    /// <summary>Columns that are read here.</summary>
    internal const int ColumnCount = 9;

    /// <summary>The sticker.</summary>
    public StickerId Id { get; }

    /// <summary>Its key in the source.</summary>
    public ReadOnlySpan<byte> Key { get; }

    /// <summary>Its pack.</summary>
    public ReadOnlySpan<byte> Pack { get; }

    /// <summary>Its creator; empty when unknown.</summary>
    public ReadOnlySpan<byte> Creator { get; }

    /// <summary>Whether it has a title.</summary>
    public bool HasTitle { get; }

    /// <summary>Its title.</summary>
    public ReadOnlySpan<byte> Title { get; }

    /// <summary>Language of title and tags.</summary>
    public ReadOnlySpan<byte> Locale { get; }

    /// <summary>The creator's labels: a JSON array of texts.</summary>
    public ReadOnlySpan<byte> Tags { get; }

    /// <summary>The model's suggestions, best first: a JSON array of objects with tag, score and decision.</summary>
    public ReadOnlySpan<byte> Suggestions { get; }

    /// <summary>Number of animation frames.</summary>
    public int Frames { get; }

    /// <summary>When it was made; null when nobody knows.</summary>
    public DateTime? Created { get; }
}

/// <summary>Takes what it needs of a row.</summary>
/// <param name="state">The caller's.</param>
/// <param name="row">The row; gone when the call ends.</param>
public delegate void StickerRowReader<in TState>(TState state, StickerRow row);
