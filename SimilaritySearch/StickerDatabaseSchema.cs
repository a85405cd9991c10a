using System.Text.Encodings.Web;
using System.Text.Json;

namespace Stickers.SimilaritySearch;

/// <summary>The layout of stickers.db, described in docs/formats.md. A change raises <see cref="Version"/>.</summary>
internal static class StickerDatabaseSchema
{
    /// <summary>SQLite's application_id: "STKR".</summary>
    public const int ApplicationId = 0x53544B52;

    /// <summary>SQLite's user_version of what is written. Version 1 had no <c>frames</c>, 2 no <c>created</c>.</summary>
    public const int Version = 3;

    /// <summary>Oldest version that is read.</summary>
    public const int OldestVersion = 1;

    /// <summary>Tags kept in top_tag.</summary>
    public const int TopTags = 1000;

    public const string Tables = """
        CREATE TABLE sticker (
          id INTEGER PRIMARY KEY,
          key TEXT NOT NULL,
          pack TEXT NOT NULL,
          creator TEXT NOT NULL,
          title TEXT,
          locale TEXT NOT NULL,
          frames INTEGER NOT NULL,
          created INTEGER,
          tags TEXT NOT NULL,
          suggestions TEXT NOT NULL
        ) STRICT;
        CREATE TABLE thumbnail (id INTEGER PRIMARY KEY, png BLOB NOT NULL) STRICT;
        CREATE TABLE browse (position INTEGER PRIMARY KEY, id INTEGER NOT NULL) STRICT;
        CREATE TABLE top_tag (position INTEGER PRIMARY KEY, tag TEXT NOT NULL, count INTEGER NOT NULL) STRICT;
        CREATE VIRTUAL TABLE words USING fts5(
          tags, suggestions, title,
          content = '',
          prefix = '2 3',
          tokenize = "unicode61 remove_diacritics 2 categories 'L* M* N* Co So'"
        );
        """;

    /// <summary>Tags and suggestions are kept as JSON text in readable UTF-8.</summary>
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
