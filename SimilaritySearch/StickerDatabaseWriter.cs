using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Stickers.SimilaritySearch;

/// <summary>Writes a stickers.db. The same rows in the same order give the same bytes.</summary>
public sealed class StickerDatabaseWriter : IDisposable
{
    /// <summary>Longest side of a thumbnail, pixels.</summary>
    public const int ThumbnailSide = 160;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _sticker;
    private readonly SqliteCommand _thumbnail;
    private readonly SqliteCommand _words;
    private readonly string _path;
    private bool _complete;

    private StickerDatabaseWriter(string path)
    {
        _path = path;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        _connection.Open();
        // A file that is not complete is worthless, so nothing guards it on the way; whoever publishes it flushes it.
        Execute("PRAGMA page_size = 4096; PRAGMA encoding = 'UTF-8'; PRAGMA auto_vacuum = NONE; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;");
        Execute("BEGIN");
        Execute(StickerDatabaseSchema.Tables);
        _sticker = Prepare("INSERT INTO sticker VALUES ($id, $key, $pack, $creator, $title, $locale, $frames, $created, $tags, $suggestions)");
        _thumbnail = Prepare("INSERT INTO thumbnail VALUES ($id, $png)");
        _words = Prepare("INSERT INTO words (rowid, tags, suggestions, title) VALUES ($id, $tags, $suggestions, $title)");
    }

    /// <summary>Creates the file, replacing what stood there.</summary>
    public static StickerDatabaseWriter Create(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        File.Delete(path);
        return new StickerDatabaseWriter(path);
    }

    /// <summary>Adds one sticker with its thumbnail (PNG, at most 160 pixels a side; empty for none).</summary>
    /// <exception cref="ArgumentException">The id was added before, or the thumbnail is no PNG of at most 160 pixels a side.</exception>
    /// <exception cref="InvalidOperationException">The database is complete.</exception>
    public void Add(StickerRecord record, ReadOnlySpan<byte> thumbnail)
    {
        if (_complete)
            throw new InvalidOperationException($"{_path} is complete.");
        if (!thumbnail.IsEmpty)
            RequireThumbnail(thumbnail, record);
        Set(_sticker,
            ("$id", record.Id.Value), ("$key", record.Key), ("$pack", record.Pack), ("$creator", record.Creator), ("$title", record.Title), ("$locale", record.Locale), ("$frames", record.Frames),
            ("$created", record.Created is { } created ? new DateTimeOffset(created).ToUnixTimeSeconds() : null),
            ("$tags", JsonSerializer.Serialize(record.Tags, StickerDatabaseSchema.Json)),
            ("$suggestions", JsonSerializer.Serialize(record.Suggestions, StickerDatabaseSchema.Json)));
        try
        {
            _sticker.ExecuteNonQuery();
        }
        catch (SqliteException e) when (e.SqliteErrorCode == SqliteConstraint)
        {
            throw new ArgumentException($"The sticker {record.Id} ({record.Key}) was added before.", nameof(record), e);
        }

        if (!thumbnail.IsEmpty)
        {
            Set(_thumbnail, ("$id", record.Id.Value), ("$png", thumbnail.ToArray()));
            _thumbnail.ExecuteNonQuery();
        }

        var accepted = record.Suggestions.Where(s => s.Decision == "accept").Select(s => s.Tag);
        Set(_words,
            ("$id", record.Id.Value), ("$tags", Words(record.Tags)), ("$suggestions", Words(accepted)),
            ("$title", record.Title?.Normalize(NormalizationForm.FormKC) ?? ""));
        _words.ExecuteNonQuery();
    }

    /// <summary>Builds the text index and closes the file.</summary>
    public void Complete()
    {
        if (_complete)
            throw new InvalidOperationException($"{_path} is complete.");
        // Ids are hashes of the stickers' keys, so their order is a mixed one that never changes.
        Execute("INSERT INTO browse SELECT row_number() OVER (ORDER BY id) - 1, id FROM sticker ORDER BY id");
        Execute($"""
            INSERT INTO top_tag
            SELECT row_number() OVER (ORDER BY count(*) DESC, value) - 1, value, count(*)
            FROM sticker, json_each(sticker.tags) GROUP BY value ORDER BY count(*) DESC, value LIMIT {StickerDatabaseSchema.TopTags}
            """);
        Execute("INSERT INTO words (words) VALUES ('optimize')");
        Execute("COMMIT");
        // Last, so that a file whose writer died is not taken for a database of stickers.
        Execute($"PRAGMA application_id = {StickerDatabaseSchema.ApplicationId}; PRAGMA user_version = {StickerDatabaseSchema.Version};");
        Execute("VACUUM");
        _complete = true;
        Dispose();
    }

    /// <summary>Closes the file; without <see cref="Complete"/> it is no database.</summary>
    public void Dispose()
    {
        _sticker.Dispose();
        _thumbnail.Dispose();
        _words.Dispose();
        _connection.Dispose();
    }

    private const int SqliteConstraint = 19;

    /// <summary>One tag per line: no phrase of the text index then spans two tags by accident of punctuation.</summary>
    private static string Words(IEnumerable<string> tags) => string.Join('\n', tags).Normalize(NormalizationForm.FormKC);

    private static void RequireThumbnail(ReadOnlySpan<byte> png, StickerRecord record)
    {
        ReadOnlySpan<byte> start = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
        if (png.Length < 24 || !png.StartsWith(start))
            throw new ArgumentException($"The thumbnail of sticker {record.Id} ({record.Key}) is no PNG.", nameof(png));
        var width = BinaryPrimitives.ReadUInt32BigEndian(png[16..]);
        var height = BinaryPrimitives.ReadUInt32BigEndian(png[20..]);
        if (width > ThumbnailSide || height > ThumbnailSide)
            throw new ArgumentException($"The thumbnail of sticker {record.Id} ({record.Key}) has {width} x {height} pixels; at most {ThumbnailSide} a side are kept.", nameof(png));
    }

    private SqliteCommand Prepare(string sql)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        return command;
    }

    private static void Set(SqliteCommand command, params ReadOnlySpan<(string Name, object? Value)> values)
    {
        command.Parameters.Clear();
        foreach (var (name, value) in values)
            command.Parameters.AddWithValue(name, value ?? DBNull.Value);
    }

    private void Execute(string sql)
    {
        using var command = Prepare(sql);
        command.ExecuteNonQuery();
    }
}
