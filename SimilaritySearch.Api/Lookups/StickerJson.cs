using System.Buffers.Text;
using System.Text.Json;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>Writes a sticker as <see cref="StickerAnswer"/> does, from its row.</summary>
internal static class StickerJson
{
    private static readonly JsonEncodedText Id = Name("id"), Key = Name("key"), Pack = Name("pack"), Creator = Name("creator"), Title = Name("title"),
        Locale = Name("locale"), Animated = Name("animated"), Created = Name("created"), Image = Name("image"), Tags = Name("tags"), Suggestions = Name("suggestions");

    /// <summary>Writes a sticker as an audience may see it; false, and nothing, when no index has it.</summary>
    public static bool Write(Utf8JsonWriter json, JsonEncodedText property, ServedPair pair, StickerId id, Audience audience)
    {
        if (pair.ShowsAsStored(audience))
        {
            return pair.Visual.Snapshot.Stickers.Read(id, (json, property), static (to, row) => Write(to.json, to.property, row))
                || pair.Semantic.Snapshot.Stickers.Read(id, (json, property), static (to, row) => Write(to.json, to.property, row));
        }

        if (pair.Find(id) is not { } sticker)
            return false;
        json.WritePropertyName(property);
        JsonSerializer.Serialize(json, pair.Show(sticker, audience), ApiJson.Options);
        return true;
    }

    private static void Write(Utf8JsonWriter json, JsonEncodedText property, StickerRow row)
    {
        json.WriteStartObject(property);
        Span<byte> image = stackalloc byte[64];
        StickerAnswer.ImagePrefix.CopyTo(image);
        Utf8Formatter.TryFormat(row.Id.Value, image[StickerAnswer.ImagePrefix.Length..], out var digits);
        var id = image.Slice(StickerAnswer.ImagePrefix.Length, digits);
        json.WriteString(Id, id);
        json.WriteString(Key, row.Key);
        json.WriteString(Pack, row.Pack);
        json.WriteString(Creator, row.Creator);
        if (row.HasTitle)
            json.WriteString(Title, row.Title);
        json.WriteString(Locale, row.Locale);
        json.WriteBoolean(Animated, row.Frames > 1);
        if (row.Created is { } created)
            json.WriteString(Created, CreationTime.Write(created));
        StickerAnswer.ImageSuffix.CopyTo(image[(StickerAnswer.ImagePrefix.Length + digits)..]);
        json.WriteString(Image, image[..(StickerAnswer.ImagePrefix.Length + digits + StickerAnswer.ImageSuffix.Length)]);
        json.WritePropertyName(Tags);
        json.WriteRawValue(row.Tags, skipInputValidation: true);
        json.WritePropertyName(Suggestions);
        json.WriteRawValue(row.Suggestions, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static JsonEncodedText Name(string name) => JsonEncodedText.Encode(name);
}
