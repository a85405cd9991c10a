using System.Text.Json;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>One connection to a stickers.db with its prepared statements; for one thread at a time.</summary>
internal sealed class StickerDatabaseReader : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly string _columns;
    private readonly Dictionary<string, SqliteCommand> _commands = [];
    private readonly string _rowColumns;
    private readonly sqlite3_stmt _row;

    /// <exception cref="InvalidDataException">The file is no stickers.db, or of another format version.</exception>
    public StickerDatabaseReader(string path)
    {
        // immutable: no locks and no look for a journal, since a snapshot's files never change.
        var uri = "file:" + Uri.EscapeDataString(path).Replace("%2F", "/", StringComparison.Ordinal) + "?immutable=1";
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = uri, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString());
        try
        {
            _connection.Open();
            var (application, version) = (Scalar("PRAGMA application_id"), Scalar("PRAGMA user_version"));
            if (application != StickerDatabaseSchema.ApplicationId)
                throw new InvalidDataException($"{path} is an SQLite database, but not of stickers (application_id {application}, expected {StickerDatabaseSchema.ApplicationId}).");
            if (version is < StickerDatabaseSchema.OldestVersion or > StickerDatabaseSchema.Version)
                throw new InvalidDataException($"{path} has format version {version}; this program reads versions {StickerDatabaseSchema.OldestVersion} to {StickerDatabaseSchema.Version}. Build the index again.");
            _columns = $"s.id, s.key, s.pack, s.creator, s.title, s.locale, s.tags, s.suggestions, {Frames(version)}, {Created(version)}";
            Scalar("PRAGMA trusted_schema = OFF; PRAGMA mmap_size = 1073741824; SELECT 0");
            _rowColumns = $"{StickerRow.Columns}, {Frames(version)}, {Created(version)}";
            _row = Prepare($"SELECT {_rowColumns} FROM sticker s WHERE s.id = ?");
        }
        catch (SqliteException e)
        {
            _connection.Dispose();
            throw new InvalidDataException($"{path} is no readable SQLite database: {e.Message}", e);
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    public long Count() => Scalar("SELECT coalesce(max(position) + 1, 0) FROM browse");

    public StickerRecord? Find(StickerId id)
    {
        using var rows = Query($"SELECT {_columns} FROM sticker s WHERE s.id = $a", id.Value);
        return rows.Read() ? RecordOf(rows) : null;
    }

    /// <summary>Shows a row as it stands: some twenty times as fast as <see cref="Find"/>, whose parsing and copying is what costs.</summary>
    public bool Read<TState>(StickerId id, TState state, StickerRowReader<TState> read)
    {
        raw.sqlite3_bind_int64(_row, 1, id.Value);
        try
        {
            if (!Step(_row))
                return false;
            read(state, new StickerRow(id, _row));
            return true;
        }
        finally
        {
            raw.sqlite3_reset(_row);
        }
    }

    /// <summary>Shows all rows in the order of their ids.</summary>
    public void ReadRows<TState>(TState state, StickerRowReader<TState> read)
    {
        using var rows = Prepare($"SELECT {_rowColumns}, s.id FROM sticker s ORDER BY s.id");
        while (Step(rows))
            read(state, new StickerRow(new StickerId(raw.sqlite3_column_int64(rows, StickerRow.ColumnCount)), rows));
    }

    public IEnumerable<StickerRecord> ReadAll()
    {
        using var rows = Query($"SELECT {_columns} FROM sticker s WHERE s.id >= $a ORDER BY s.id", 0L);
        while (rows.Read())
            yield return RecordOf(rows);
    }

    public byte[]? Thumbnail(StickerId id)
    {
        using var rows = Query("SELECT png FROM thumbnail WHERE id = $a", id.Value);
        return rows.Read() ? rows.GetFieldValue<byte[]>(0) : null;
    }

    /// <summary>Ids that match, best first; one after the other, as far as they are asked for.</summary>
    public IEnumerable<long> Match(string expression)
    {
        using var rows = Query("SELECT rowid FROM words WHERE words MATCH $a ORDER BY rank, rowid", expression);
        while (rows.Read())
            yield return rows.GetInt64(0);
    }

    public List<(string Tag, long Count)> TopTags(int k)
    {
        using var rows = Query("SELECT tag, count FROM top_tag ORDER BY position LIMIT $a", k);
        var tags = new List<(string, long)>();
        while (rows.Read())
            tags.Add((rows.GetString(0), rows.GetInt64(1)));
        return tags;
    }

    public List<StickerRecord> Browse(int offset, int count)
    {
        using var rows = Query($"SELECT {_columns} FROM browse b JOIN sticker s ON s.id = b.id WHERE b.position >= $a ORDER BY b.position LIMIT $b", offset, count);
        var records = new List<StickerRecord>();
        while (rows.Read())
            records.Add(RecordOf(rows));
        return records;
    }

    public void Dispose()
    {
        _row.Dispose();
        foreach (var command in _commands.Values)
            command.Dispose();
        _connection.Dispose();
    }

    private static StickerRecord RecordOf(SqliteDataReader row) => new()
    {
        Id = new StickerId(row.GetInt64(0)),
        Key = row.GetString(1),
        Pack = row.GetString(2),
        Creator = row.GetString(3),
        Title = row.IsDBNull(4) ? null : row.GetString(4),
        Locale = row.GetString(5),
        Tags = JsonSerializer.Deserialize<string[]>(row.GetString(6), StickerDatabaseSchema.Json)!,
        Suggestions = JsonSerializer.Deserialize<SuggestedTag[]>(row.GetString(7), StickerDatabaseSchema.Json)!,
        Frames = row.GetInt32(8),
        Created = row.IsDBNull(9) ? null : DateTimeOffset.FromUnixTimeSeconds(row.GetInt64(9)).UtcDateTime,
    };

    private static string Frames(long version) => version < 2 ? "1" : "s.frames";

    private static string Created(long version) => version < 3 ? "NULL" : "s.created";

    private sqlite3_stmt Prepare(string sql)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_prepare_v2(_connection.Handle, sql, out var statement), _connection.Handle);
        return statement;
    }

    /// <summary>Goes on to the next row; false when there is none.</summary>
    private bool Step(sqlite3_stmt statement)
    {
        var result = raw.sqlite3_step(statement);
        if (result is not (raw.SQLITE_DONE or raw.SQLITE_ROW))
            SqliteException.ThrowExceptionForRC(result, _connection.Handle);
        return result == raw.SQLITE_ROW;
    }

    private SqliteDataReader Query(string sql, object a, object? b = null)
    {
        if (!_commands.TryGetValue(sql, out var command))
        {
            command = _connection.CreateCommand();
            command.CommandText = sql;
            _commands.Add(sql, command);
        }

        command.Parameters.Clear();
        command.Parameters.AddWithValue("$a", a);
        if (b is not null)
            command.Parameters.AddWithValue("$b", b);
        return command.ExecuteReader();
    }

    private long Scalar(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return Convert.ToInt64(command.ExecuteScalar(), System.Globalization.CultureInfo.InvariantCulture);
    }
}
