using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Import;

/// <summary>What to import and how.</summary>
public sealed record CatalogueImportOptions
{
    private const int SmallestSvgSide = 16;

    /// <summary>Name of the catalogue: letters, digits, '.', '_', '-'.</summary>
    public required string Name { get; init; }

    /// <summary>
    /// Paths, imported in this order. Each is a folder of images (with optional sidecar JSON Lines), a folder with a
    /// <c>catalogue.jsonl</c>, such a <c>.jsonl</c> file itself, or a ZIP archive of images.
    /// </summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>Language (BCP 47) taken from titles and tags that come in several, and assumed where none is named.</summary>
    public string Locale { get; init; } = "en";

    /// <summary>What is refused before decoding.</summary>
    public ImageLimits Limits { get; init; } = ImageLimits.Default;

    /// <summary>Longest side in pixels that an SVG is rendered to, 16 to 512.</summary>
    public int SvgSide { get; init; } = 320;

    /// <summary>Images decoded at the same time, 1 to 256; the result does not depend on it.</summary>
    public int Workers { get; init; } = Math.Min(Environment.ProcessorCount, 256);

    /// <summary>Deletes a catalogue of the same name first, unless it is the unfinished import of these very inputs.</summary>
    public bool Replace { get; init; }

    /// <exception cref="ArgumentException">Something is out of range; the message lists all faults.</exception>
    internal void Validate()
    {
        List<string> faults = [];
        if (Sources.Count == 0) faults.Add("no source is given");
        faults.AddRange(Sources.Where(path => !Path.Exists(path)).Select(path => $"source '{path}' does not exist"));
        faults.AddRange(Sources.CountBy(Path.GetFullPath).Where(source => source.Value > 1).Select(source => $"source '{source.Key}' is given {source.Value} times"));
        if (string.IsNullOrWhiteSpace(Locale)) faults.Add("the locale is empty, expected e.g. 'en'");
        if (SvgSide is < SmallestSvgSide or > SvgRenderer.MaxSide) faults.Add($"SVG side {SvgSide} is outside {SmallestSvgSide} to {SvgRenderer.MaxSide} pixels");
        if (Workers is < 1 or > 256) faults.Add($"{Workers} workers is outside 1 to 256");
        if (faults.Count > 0) throw new ArgumentException($"Cannot import: {string.Join("; ", faults)}.");
    }
}
