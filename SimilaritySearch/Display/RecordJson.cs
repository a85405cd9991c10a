using System.Buffers.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Display;

/// <summary>A sticker as answers show it: one JSON object, whose tags and suggestions are copied as they stand in stickers.db.</summary>
public static class RecordJson
{
    private static readonly JsonEncodedText Id = Name("id"), Key = Name("key"), Pack = Name("pack"), Creator = Name("creator"), Title = Name("title"),
        Locale = Name("locale"), Animated = Name("animated"), Created = Name("created"), Image = Name("image"), Tags = Name("tags"), Suggestions = Name("suggestions");

    /// <summary>How JSON writers for records are set up: readable UTF-8, never inside a page.</summary>
    public static JsonWriterOptions WriterOptions { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>What stands before the id in a record's <c>image</c>.</summary>
    public static ReadOnlySpan<byte> ImagePrefix => "/v1/stickers/"u8;

    /// <summary>What stands behind it.</summary>
    public static ReadOnlySpan<byte> ImageSuffix => "/image"u8;

    /// <summary>Writes a row as an object.</summary>
    /// <param name="json">Made with <see cref="WriterOptions"/>.</param>
    /// <param name="row">The row.</param>
    public static void Write(Utf8JsonWriter json, StickerRow row)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        Span<byte> image = stackalloc byte[64];
        ImagePrefix.CopyTo(image);
        Utf8Formatter.TryFormat(row.Id.Value, image[ImagePrefix.Length..], out var digits);
        json.WriteString(Id, image.Slice(ImagePrefix.Length, digits));
        json.WriteString(Key, row.Key);
        json.WriteString(Pack, row.Pack);
        json.WriteString(Creator, row.Creator);
        if (row.HasTitle)
            json.WriteString(Title, row.Title);
        json.WriteString(Locale, row.Locale);
        json.WriteBoolean(Animated, row.Frames > 1);
        if (row.Created is { } created)
            json.WriteString(Created, CreationTime.Write(created));
        ImageSuffix.CopyTo(image[(ImagePrefix.Length + digits)..]);
        json.WriteString(Image, image[..(ImagePrefix.Length + digits + ImageSuffix.Length)]);
        json.WritePropertyName(Tags);
        json.WriteRawValue(row.Tags, skipInputValidation: true);
        json.WritePropertyName(Suggestions);
        json.WriteRawValue(row.Suggestions, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static JsonEncodedText Name(string name) => JsonEncodedText.Encode(name);
}
