using Stickers.Catalogue.Tables;

namespace Stickers.Catalogue;

/// <summary>A name and how often it occurs.</summary>
/// <param name="Name">Tag, creator, format or fault.</param>
/// <param name="Count">Stickers or files.</param>
public sealed record NameCount(string Name, long Count);

/// <summary>What a catalogue holds, from one pass over its parts without the images.</summary>
public sealed record CatalogueStatistics
{
    /// <summary>Stickers in the parts.</summary>
    public required long Stickers { get; init; }

    /// <summary>Distinct packs.</summary>
    public required long Packs { get; init; }

    /// <summary>Distinct creators that are known.</summary>
    public required long Creators { get; init; }

    /// <summary>Stickers whose creator is not known.</summary>
    public required long WithoutCreator { get; init; }

    /// <summary>Creators with the most stickers.</summary>
    public required IReadOnlyList<NameCount> TopCreators { get; init; }

    /// <summary>Distinct tags as written.</summary>
    public required long RawTags { get; init; }

    /// <summary>Distinct tags after normalisation.</summary>
    public required long CanonicalTags { get; init; }

    /// <summary>Canonical tags on 20 stickers or more: about what a vocabulary can learn.</summary>
    public required long FrequentTags { get; init; }

    /// <summary>Most frequent canonical tags.</summary>
    public required IReadOnlyList<NameCount> TopTags { get; init; }

    /// <summary>Stickers without any tag as written.</summary>
    public required long Untagged { get; init; }

    /// <summary>Stickers without any canonical tag: untagged, or all their tags are junk.</summary>
    public required long WithoutUsableTag { get; init; }

    /// <summary>Canonical tags per sticker, mean.</summary>
    public required double TagsPerSticker { get; init; }

    /// <summary>Source formats, most frequent first.</summary>
    public required IReadOnlyList<NameCount> Formats { get; init; }

    /// <summary>Locales, most frequent first.</summary>
    public required IReadOnlyList<NameCount> Locales { get; init; }

    /// <summary>Stickers of more than one frame.</summary>
    public required long Animated { get; init; }

    /// <summary>Smallest width or height, pixels; 0 when empty.</summary>
    public required int SmallestSide { get; init; }

    /// <summary>Largest width or height, pixels.</summary>
    public required int LargestSide { get; init; }

    /// <summary>Bytes of all files of the catalogue.</summary>
    public required long Bytes { get; init; }

    /// <summary>Files in quarantine.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Quarantined files by class of fault, most frequent first.</summary>
    public required IReadOnlyList<NameCount> Faults { get; init; }

    /// <summary>Reads the catalogue once. Memory grows with distinct tags, creators and packs, not with stickers.</summary>
    /// <param name="catalogue">The catalogue; its vocabulary decides what is canonical.</param>
    /// <param name="top">Length of the lists of top tags and creators.</param>
    /// <param name="progress">Told about each sticker.</param>
    /// <param name="cancellation">Stops the pass.</param>
    public static async Task<CatalogueStatistics> ComputeAsync(StickerCatalogue catalogue, int top = 50, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(catalogue);
        ArgumentOutOfRangeException.ThrowIfNegative(top);
        var packs = new HashSet<long>(); // hashes of names: there may be ten million
        Dictionary<string, long> creators = [], raw = [], canonical = [], formats = [], locales = [], faults = [];
        long stickers = 0, untagged = 0, unusable = 0, given = 0, animated = 0, anonymous = 0;
        int smallest = int.MaxValue, largest = 0;
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation).ConfigureAwait(false))
        {
            stickers++;
            packs.Add(StickerId.FromKey($"pack/{sticker.Pack}").Value);
            if (sticker.Creator.Length == 0) anonymous++;
            else Count(creators, sticker.Creator);
            foreach (var tag in sticker.Tags.Distinct()) Count(raw, tag);
            var tags = catalogue.Vocabulary.TagsOf(sticker);
            foreach (var tag in tags) Count(canonical, tag);
            given += tags.Count;
            if (sticker.Tags.Count == 0) untagged++;
            if (tags.Count == 0) unusable++;
            Count(formats, StickerTable.NameOf(sticker.Format));
            Count(locales, sticker.Locale);
            if (sticker.Frames > 1) animated++;
            smallest = Math.Min(smallest, Math.Min(sticker.Width, sticker.Height));
            largest = Math.Max(largest, Math.Max(sticker.Width, sticker.Height));
            progress?.Report(new JobProgress("show", stickers, catalogue.Manifest.Written, "stickers"));
        }

        await foreach (var file in catalogue.ReadQuarantineAsync(cancellation).ConfigureAwait(false)) Count(faults, file.Fault);
        return new CatalogueStatistics
        {
            Stickers = stickers,
            Packs = packs.Count,
            Creators = creators.Count,
            WithoutCreator = anonymous,
            TopCreators = Top(creators, top),
            RawTags = raw.Count,
            CanonicalTags = canonical.Count,
            FrequentTags = canonical.Values.Count(count => count >= 20),
            TopTags = Top(canonical, top),
            Untagged = untagged,
            WithoutUsableTag = unusable,
            TagsPerSticker = stickers == 0 ? 0 : (double)given / stickers,
            Formats = Top(formats, int.MaxValue),
            Locales = Top(locales, int.MaxValue),
            Animated = animated,
            SmallestSide = stickers == 0 ? 0 : smallest,
            LargestSide = largest,
            Bytes = catalogue.Manifest.Files.Sum(file => file.Bytes),
            Quarantined = catalogue.Manifest.Quarantined,
            Faults = Top(faults, int.MaxValue),
        };
    }

    private static void Count(Dictionary<string, long> counts, string name) => counts[name] = counts.GetValueOrDefault(name) + 1;

    private static List<NameCount> Top(Dictionary<string, long> counts, int top) =>
        [.. counts.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key, StringComparer.Ordinal).Take(top).Select(pair => new NameCount(pair.Key, pair.Value))];
}
