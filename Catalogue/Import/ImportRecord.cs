using System.Text.Json;
using Stickers.Catalogue.Vocabularies;

namespace Stickers.Catalogue.Import;

/// <summary>What a line of JSON Lines says about one image; everything but the file is optional.</summary>
internal sealed record ImportRecord
{
    private const int MaxKeyLength = 500;

    /// <summary>Nothing is known.</summary>
    public static ImportRecord Empty { get; } = new();

    public string? Id { get; init; }

    public string? Archive { get; init; }

    public string? File { get; init; }

    public string? Pack { get; init; }

    public string? Creator { get; init; }

    public string? Title { get; init; }

    public string? Locale { get; init; }

    /// <summary>Null where the record does not speak of tags; then an SVG's own count.</summary>
    public IReadOnlyList<string>? Tags { get; init; }

    public string? Concept { get; init; }

    public string? DuplicateGroup { get; init; }

    /// <summary>When it was made; null where the record does not say.</summary>
    public DateTime? Created { get; init; }

    public string? SplitCreator { get; init; }

    public string? SplitConcept { get; init; }

    /// <summary>Reads one line. Titles and tags may be given by language: <c>{"en": …, "ja": …}</c>.</summary>
    /// <exception cref="FormatException">Not such an object; the message says why.</exception>
    public static ImportRecord Parse(ReadOnlyMemory<byte> json, string locale)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var line = document.RootElement;
            if (line.ValueKind != JsonValueKind.Object) throw new FormatException($"expected a JSON object, found {Kind(line)}");
            var own = Text(line, "locale");
            var record = new ImportRecord
            {
                Id = Text(line, "id"),
                Archive = Text(line, "archive"),
                File = Text(line, "file") ?? Text(line, "file_name"),
                Pack = Text(line, "pack"),
                Creator = Text(line, "creator"),
                Title = TitleOf(line, locale),
                Locale = own,
                Tags = TagsOf(line, locale),
                Concept = Text(line, "concept"),
                DuplicateGroup = Text(line, "duplicate_group") ?? Text(line, "dup_group"),
                Created = CreatedOf(line),
                SplitCreator = Text(line, "split_creator"),
                SplitConcept = Text(line, "split_concept"),
            };
            if (record.File is null) throw new FormatException("it has no 'file' (or 'file_name')");
            if (record.Id is { } id && (id.Length > MaxKeyLength || id.Any(char.IsControl))) throw new FormatException($"its 'id' is longer than {MaxKeyLength} characters or holds control characters");
            return record;
        }
        catch (JsonException fault)
        {
            throw new FormatException($"it is not valid JSON: {fault.Message}", fault);
        }
        catch (InvalidOperationException fault)
        {
            throw new FormatException($"it holds text that is not valid Unicode: {fault.Message}", fault);
        }
    }

    /// <summary>The tags of a record in all its languages, names of languages in canonical form; empty where they are in one that it does not name.</summary>
    /// <exception cref="FormatException">They are no lists of texts.</exception>
    public static Dictionary<string, List<string>> TagsByLocale(JsonElement line)
    {
        var byLocale = new Dictionary<string, List<string>>();
        if (line.ValueKind != JsonValueKind.Object || !line.TryGetProperty("tags", out var tags) || tags.ValueKind != JsonValueKind.Object) return byLocale;
        foreach (var property in tags.EnumerateObject().Where(property => property.Value.ValueKind == JsonValueKind.Array))
            byLocale[LocaleName.Canonical(property.Name)] = [.. property.Value.EnumerateArray().Select(tag => TextOf(tag, "tags")).OfType<string>()];
        return byLocale;
    }

    /// <summary>What pictures of one thing share: concept, else duplicate group, else id, else file.</summary>
    public static string PictureOf(JsonElement line) =>
        Text(line, "concept") ?? Text(line, "duplicate_group") ?? Text(line, "dup_group") ?? Text(line, "id") ?? Text(line, "file") ?? "";

    private static DateTime? CreatedOf(JsonElement line) => Text(line, "created") is not { } text
        ? null
        : CreationTime.Read(text) ?? throw new FormatException($"its 'created' is '{SourceNames.Printable(text)}', expected a date such as {CreationTime.Expected}");

    private static string? TitleOf(JsonElement line, string locale)
    {
        if (!line.TryGetProperty("title", out var title)) return null;
        return title.ValueKind != JsonValueKind.Object ? Text(line, "title") : ByLocale(title, locale) is { } chosen ? TextOf(chosen, "title") : null;
    }

    private static List<string>? TagsOf(JsonElement line, string locale)
    {
        if (!line.TryGetProperty("tags", out var tags) || tags.ValueKind == JsonValueKind.Null) return null;
        if (tags.ValueKind == JsonValueKind.Object)
        {
            if (ByLocale(tags, locale) is not { } chosen) return [];
            tags = chosen;
        }

        return tags.ValueKind switch
        {
            JsonValueKind.Array => [.. tags.EnumerateArray().Select(tag => TextOf(tag, "tags")).OfType<string>()],
            JsonValueKind.String => [.. tags.GetString()!.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)],
            _ => throw new FormatException($"its 'tags' are {Kind(tags)}, expected a list of texts"),
        };
    }

    /// <summary>The exact language, else the one it is a variant of: no other, because a tag in another language would be mislabelled.</summary>
    private static JsonElement? ByLocale(JsonElement byLanguage, string locale)
    {
        for (var wanted = LocaleName.Canonical(locale); wanted.Length > 0; wanted = wanted[..Math.Max(wanted.LastIndexOf('-'), 0)])
        {
            foreach (var property in byLanguage.EnumerateObject())
            {
                if (LocaleName.Canonical(property.Name) == wanted && property.Value.ValueKind != JsonValueKind.Null) return property.Value;
            }
        }

        return null;
    }

    private static string? Text(JsonElement line, string name) => line.TryGetProperty(name, out var value) ? TextOf(value, name) : null;

    private static string? TextOf(JsonElement value, string name) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString(),
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.Null => null,
        _ => throw new FormatException($"its '{name}' holds {Kind(value)}, expected text"),
    };

    private static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "a truth value",
    };
}
