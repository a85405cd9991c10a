namespace Stickers.Catalogue.Vocabularies;

/// <summary>How often tags occur in a catalogue, and which occur together.</summary>
internal sealed class TagStatistics
{
    /// <summary>Tags looked at for company; the most frequent are kept.</summary>
    private const int MaxTags = 20_000;

    /// <summary>Stickers whose company is counted; a larger catalogue is sampled.</summary>
    private const int MaxStickers = 500_000;

    private readonly Dictionary<string, int> _index;
    private readonly int[] _pictures;
    private readonly Dictionary<int, int>[] _together;

    private TagStatistics(List<(string Tag, int Stickers, int Creators)> tags)
    {
        Tags = tags;
        _index = tags.Select((tag, i) => (tag.Tag, i)).ToDictionary(pair => pair.Tag, pair => pair.i, StringComparer.Ordinal);
        _pictures = new int[tags.Count];
        _together = [.. tags.Select(_ => new Dictionary<int, int>())];
    }

    /// <summary>Tags with stickers and creators, most frequent first.</summary>
    public IReadOnlyList<(string Tag, int Stickers, int Creators)> Tags { get; }

    /// <summary>Distinct pictures that carry a tag: one concept with the same tags in several packs is one.</summary>
    public int Pictures(int tag) => _pictures[tag];

    /// <summary>Distinct pictures that carry both.</summary>
    public int Together(int a, int b) => _together[a].GetValueOrDefault(b);

    /// <summary>The tags that occur with a tag.</summary>
    public IEnumerable<int> Company(int tag) => _together[tag].Keys;

    /// <summary>Cosine of two tags' company, each other left out, common company counting less; 0 to 1.</summary>
    public double SameCompany(int a, int b)
    {
        double dot = 0;
        foreach (var (other, count) in _together[a])
        {
            if (other != b && _together[b].TryGetValue(other, out var also)) dot += Weight(other) * Weight(other) * count * also;
        }

        return dot == 0 ? 0 : dot / Math.Sqrt(Length(a, b) * Length(b, a));
    }

    private double Weight(int tag) => 1 / Math.Sqrt(Math.Max(1, _pictures[tag]));

    private double Length(int tag, int without) => _together[tag].Where(pair => pair.Key != without).Sum(pair => Math.Pow(Weight(pair.Key) * pair.Value, 2));

    /// <summary>Reads the catalogue twice without its images. Memory grows with tags, not with stickers.</summary>
    public static async Task<TagStatistics> ReadAsync(StickerCatalogue catalogue, TagVocabulary vocabulary, int minimumSupport, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var counts = new Dictionary<string, (int Stickers, HashSet<int> Creators)>(StringComparer.Ordinal);
        long read = 0;
        var total = catalogue.Manifest.Written * 2;
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation).ConfigureAwait(false))
        {
            foreach (var tag in vocabulary.TagsOf(sticker))
            {
                var (stickers, creators) = counts.TryGetValue(tag, out var found) ? found : (0, []);
                if (creators.Count < 1000) creators.Add(StringComparer.Ordinal.GetHashCode(sticker.Creator));
                counts[tag] = (stickers + 1, creators);
            }

            progress?.Report(new JobProgress("count", ++read, total, "stickers"));
        }

        var statistics = new TagStatistics([.. counts.Where(pair => pair.Value.Stickers >= minimumSupport)
            .Select(pair => (pair.Key, pair.Value.Stickers, pair.Value.Creators.Count))
            .OrderByDescending(tag => tag.Stickers).ThenBy(tag => tag.Key, StringComparer.Ordinal).Take(MaxTags)]);

        // Ids are hashes: those below a bound are an unbiased sample.
        var share = Math.Min(1, (double)MaxStickers / Math.Max(1, catalogue.Manifest.Written));
        var bound = share >= 1 ? long.MaxValue : (long)(share * long.MaxValue);
        var seen = new HashSet<long>();
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation).ConfigureAwait(false))
        {
            progress?.Report(new JobProgress("count", ++read, total, "stickers"));
            if (sticker.Id.Value > bound) continue;
            var tags = vocabulary.TagsOf(sticker);
            if (seen.Add(StickerId.FromKey($"{sticker.Concept ?? sticker.DuplicateGroup ?? sticker.Key}\n{string.Join('\n', tags)}").Value)) statistics.Add(tags);
        }

        return statistics;
    }

    private void Add(IReadOnlyList<string> tags)
    {
        int[] known = [.. tags.Where(_index.ContainsKey).Select(tag => _index[tag])];
        foreach (var a in known)
        {
            _pictures[a]++;
            foreach (var b in known)
            {
                if (a != b) _together[a][b] = _together[a].GetValueOrDefault(b) + 1;
            }
        }
    }
}
