using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Pipeline.Sources;

/// <summary>The stickers of a catalogue, with their images. A shard is a run of stickers of one part; its name has the part's hash, and so tells its content.</summary>
public sealed class StickerSource : Source<Sticker>
{
    private const int HashDigits = 16;

    private readonly Lock _lock = new();
    private readonly string _catalogue;
    private readonly int _shardSize;
    private readonly Func<Sticker, bool>? _wanted;
    private Task<StickerCatalogue>? _opening;

    /// <summary>Opens the catalogue when it is first needed.</summary>
    /// <param name="catalogue">The catalogue's name.</param>
    /// <param name="shardSize">Most stickers in a shard, 1 or more.</param>
    /// <param name="wanted">Leaves out what is not the job's business; those left out do not count as read. Null for all.</param>
    public StickerSource(string catalogue, int shardSize = 512, Func<Sticker, bool>? wanted = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(shardSize, 1);
        (_catalogue, _shardSize, _wanted) = (catalogue, shardSize, wanted);
    }

    /// <summary>Reads a catalogue that is open.</summary>
    /// <param name="catalogue">The catalogue.</param>
    /// <param name="shardSize">Most stickers in a shard, 1 or more.</param>
    /// <param name="wanted">Leaves out what is not the job's business; those left out do not count as read. Null for all.</param>
    public StickerSource(StickerCatalogue catalogue, int shardSize = 512, Func<Sticker, bool>? wanted = null)
        : this((catalogue ?? throw new ArgumentNullException(nameof(catalogue))).Name, shardSize, wanted) => _opening = Task.FromResult(catalogue);

    /// <inheritdoc/>
    public override bool NamesTellContent => true;

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Shard> ListAsync(ObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        var manifest = (await OpenAsync(store)).Manifest;
        var counts = manifest.PartCounts;
        for (var part = 0; part < counts.Count; part++)
        {
            for (long first = 0; first < counts[part]; first += _shardSize)
            {
                var count = Math.Min(_shardSize, counts[part] - first);
                yield return new Shard($"part {part} ({manifest.Files[part].Sha256[..HashDigits]}), stickers {first} to {first + count - 1}", part.ToString(), first, _wanted is null ? count : null);
            }
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<Sticker> ReadAsync(ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var (opened, part, first) = (await OpenAsync(context.Store), int.Parse(context.Shard.Input), context.Shard.First);
        var expected = Math.Min(_shardSize, opened.Manifest.PartCounts[part] - first);
        // The last shard of a part makes sure that nothing is behind it.
        var isLast = first + expected == opened.Manifest.PartCounts[part];
        long read = 0;
        await foreach (var sticker in opened.ReadPartAsync(part, first, isLast ? expected + 1 : expected, cancellation: context.Cancellation))
        {
            if (++read <= expected && (_wanted is null || _wanted(sticker))) yield return sticker;
        }

        if (read != expected) throw new InvalidDataException($"Catalogue '{_catalogue}' says that {context.Shard.Name} are {expected}, but {(read > expected ? "more" : read)} were read: import it again.");
    }

    /// <summary>The catalogue's content hash.</summary>
    public override async Task<string> FingerprintAsync(ObjectStore store, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        return (await OpenAsync(store)).ContentHash;
    }

    private Task<StickerCatalogue> OpenAsync(ObjectStore store)
    {
        lock (_lock) return _opening ??= StickerCatalogue.OpenAsync(store, _catalogue);
    }
}
