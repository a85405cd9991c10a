using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Pipeline.Sources;

/// <summary>The stickers of a catalogue, with their images. A shard is a run of stickers of one part.</summary>
/// <param name="catalogue">The catalogue's name.</param>
/// <param name="shardSize">Most stickers in a shard, 1 or more.</param>
/// <param name="wanted">Leaves out what is not the job's business; those left out do not count as read. Null for all.</param>
public sealed class StickerSource(string catalogue, int shardSize = 512, Func<Sticker, bool>? wanted = null) : Source<Sticker>
{
    private readonly Lock _lock = new();
    private Task<StickerCatalogue>? _opening;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Shard> ListAsync(ObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardSize, 1);
        var counts = (await OpenAsync(store)).Manifest.PartCounts;
        for (var part = 0; part < counts.Count; part++)
        {
            for (long first = 0; first < counts[part]; first += shardSize)
            {
                var count = Math.Min(shardSize, counts[part] - first);
                yield return new Shard($"part {part}, stickers {first} to {first + count - 1}", part.ToString(), first, wanted is null ? count : null);
            }
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Sticker> ReadAsync(ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (opened, part, first) = (await OpenAsync(context.Store), int.Parse(context.Shard.Input), context.Shard.First);
        var expected = Math.Min(shardSize, opened.Manifest.PartCounts[part] - first);
        long read = 0;
        await foreach (var sticker in opened.ReadPartAsync(part, first, expected, cancellation: context.Cancellation))
        {
            read++;
            if (wanted is null || wanted(sticker)) yield return sticker;
        }

        if (read != expected) throw new InvalidDataException($"Catalogue '{catalogue}' says that {context.Shard.Name} are {expected}, but {read} were read: import it again.");
    }

    /// <summary>The catalogue's content hash.</summary>
    public override async Task<string> FingerprintAsync(ObjectStore store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        return (await OpenAsync(store)).ContentHash;
    }

    private Task<StickerCatalogue> OpenAsync(ObjectStore store)
    {
        lock (_lock) return _opening ??= StickerCatalogue.OpenAsync(store, catalogue);
    }
}
