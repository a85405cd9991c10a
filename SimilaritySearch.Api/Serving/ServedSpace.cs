using System.Collections.Concurrent;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Filtering;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>The snapshot of one space with what was read from it when it was loaded. Thread-safe.</summary>
internal sealed class ServedSpace(EmbeddingSpace space, Snapshot snapshot, ServedStickers stickers) : IDisposable
{
    /// <summary>Filters whose stickers are kept ready: a bit for each sticker, and one more for each vector.</summary>
    private const int MostFilters = 64;

    private readonly ConcurrentDictionary<string, PassingStickers> _filters = new(StringComparer.Ordinal);

    public EmbeddingSpace Space { get; } = space;

    public Snapshot Snapshot { get; } = snapshot;

    public ServedStickers Stickers { get; } = stickers;

    public StickerAttributes Attributes => Stickers.Attributes;

    public string Version => Snapshot.Manifest.Version;

    /// <summary>What answers show of a sticker, or null when the snapshot does not have it.</summary>
    public StickerAnswer? Find(StickerId id) => Stickers.Find(Snapshot.Stickers, id);

    /// <summary>The stickers that pass a filter, or null when all do. Most filters come again at once, with the next page or the next sticker.</summary>
    public PassingStickers? Passing(StickerFilter filter)
    {
        if (filter.IsEmpty)
            return null;
        // Lengths keep apart what separators, which values may hold themselves, would not.
        IReadOnlyList<string>[] parts = [filter.Packs, filter.Creators, filter.Locales, filter.AnyTag, filter.AllTags, filter.NoTag, [$"{filter.Animated}"], [$"{filter.CreatedAfter?.Ticks}"]];
        var name = string.Concat(parts.Select(values => $"{values.Count};{string.Concat(values.Select(value => $"{value.Length}:{value}"))}"));
        if (_filters.TryGetValue(name, out var passing))
            return passing;
        if (_filters.Count >= MostFilters)
            _filters.Clear();
        return _filters.GetOrAdd(name, _ => PassingStickers.Of(Snapshot, Attributes, filter)!);
    }

    public void Dispose() => Snapshot.Dispose();
}
