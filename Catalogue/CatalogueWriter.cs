using System.Globalization;
using System.Runtime.CompilerServices;
using Stickers.Catalogue.Tables;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>
/// Writes a catalogue in one stream. Parts end at 4,096 stickers or 128 MiB of images, blocks at 512 or 16 MiB, so that one block is in memory at a time; an import resumes behind a block.
/// A block is one or more row groups. The same stickers always give the same bytes. Readers see nothing before <see cref="CommitAsync"/>.
/// </summary>
public sealed class CatalogueWriter : IAsyncDisposable
{
    private const int StickersPerPart = 4096;
    private const long BytesPerPart = 128L << 20;
    private const int StickersPerBlock = 512;
    private const long BytesPerBlock = 16L << 20;

    /// <summary>Of images in a row group, unless it has but one sticker. A reader holds a row group at a time, and each of its threads keeps buffers as large.</summary>
    private const long BytesPerGroup = 1_000_000;
    private const int QuarantinedPerCheckpoint = 4096;

    private readonly ObjectStore _store;
    private readonly string _name;
    private readonly string _folder;
    private readonly IReadOnlyList<string> _sources;

    private readonly List<CommittedFile> _parts = [];
    private readonly List<long> _partCounts = [];
    private int _checkpoints;
    private long _quarantinedBefore;

    private readonly List<QuarantinedFile> _quarantined = [];
    private readonly List<CommittedFile> _blocks = []; // of the unfinished part
    private readonly List<Sticker> _block = [];
    private ParquetOutput<Sticker>? _part;
    private long _blockBytes, _partBytes, _partStickers;

    private CatalogueWriter(ObjectStore store, string name, IReadOnlyList<string> sources) =>
        (_store, _name, _folder, _sources) = (store, name, DataSet.CatalogueFolder(name), sources);

    /// <summary>Stickers and quarantined files so far, those of an interrupted import included.</summary>
    public long Read => Written + Quarantined;

    /// <summary>Stickers so far.</summary>
    public long Written => _partCounts.Sum() + _partStickers;

    /// <summary>Quarantined files so far.</summary>
    public long Quarantined => _quarantinedBefore + _quarantined.Count;

    /// <summary>Starts a new catalogue; remains of an unfinished one of that name are deleted.</summary>
    /// <param name="store">Where it will be.</param>
    /// <param name="name">Its name.</param>
    /// <param name="sources">Where it comes from, for people.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="InvalidOperationException">There is a finished catalogue of that name.</exception>
    public static async Task<CatalogueWriter> CreateAsync(ObjectStore store, string name, IReadOnlyList<string> sources, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(sources);
        var writer = new CatalogueWriter(store, name, sources);
        if (await store.StatAsync($"{writer._folder}/{StickerCatalogue.ManifestName}", cancellation).ConfigureAwait(false) is not null)
            throw new InvalidOperationException($"There is a catalogue '{name}' in '{store.Root}' already. Choose another name, or delete it.");
        await DeleteAsync(store, name, cancellation).ConfigureAwait(false);
        return writer;
    }

    /// <summary>Goes on behind the last checkpoint of an unfinished catalogue: <see cref="Read"/> says how much is done.</summary>
    internal static async Task<CatalogueWriter> ResumeAsync(ObjectStore store, string name, IReadOnlyList<string> sources, CancellationToken cancellation)
    {
        var writer = new CatalogueWriter(store, name, sources);
        long open = 0;
        await foreach (var checkpoint in writer.CheckpointsAsync(cancellation).ConfigureAwait(false))
        {
            writer._checkpoints++;
            writer._quarantinedBefore += checkpoint.Quarantined.Count;
            open += checkpoint.Stickers;
            if (checkpoint.Group is not null) writer._blocks.Add(checkpoint.Group);
            if (checkpoint.Part is null) continue;
            writer._parts.Add(checkpoint.Part);
            writer._partCounts.Add(open);
            writer._blocks.Clear();
            open = 0;
        }

        await DataSet.CheckAsync(store, writer._folder, "its checkpoint", DataSet.FormatVersion, writer._parts, cancellation).ConfigureAwait(false);
        await writer.ReopenPartAsync(cancellation).ConfigureAwait(false);
        return writer;
    }

    /// <summary>Deletes a catalogue, finished or not; its manifest goes first, so that no reader meets half of it.</summary>
    public static async Task DeleteAsync(ObjectStore store, string name, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var folder = DataSet.CatalogueFolder(name);
        await store.DeleteAsync($"{folder}/{StickerCatalogue.ManifestName}", cancellation).ConfigureAwait(false);
        await foreach (var found in store.ListAsync($"{folder}/", cancellation).ConfigureAwait(false))
            await store.DeleteAsync(found.Key, cancellation).ConfigureAwait(false);
    }

    /// <summary>Adds a sticker; the caller sees to it that ids are unique.</summary>
    /// <exception cref="ArgumentException">The id is not that of the key, or there is no image.</exception>
    public async Task AddAsync(Sticker sticker, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(sticker);
        if (sticker.Id != StickerId.FromKey(sticker.Key)) throw new ArgumentException($"Sticker '{sticker.Key}' has id {sticker.Id}, expected {StickerId.FromKey(sticker.Key)}.", nameof(sticker));
        if (sticker.Image.IsEmpty) throw new ArgumentException($"Sticker '{sticker.Key}' has no image.", nameof(sticker));
        _block.Add(sticker);
        _partStickers++;
        _blockBytes += sticker.Image.Length;
        _partBytes += sticker.Image.Length;
        if (_partStickers == StickersPerPart || _partBytes >= BytesPerPart) await EndPartAsync(cancellation).ConfigureAwait(false);
        else if (_block.Count == StickersPerBlock || _blockBytes >= BytesPerBlock) await EndBlockAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Adds a row to quarantine.</summary>
    public async Task QuarantineAsync(QuarantinedFile file, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(file);
        _quarantined.Add(file);
        if (_quarantined.Count == QuarantinedPerCheckpoint) await EndPartAsync(cancellation).ConfigureAwait(false);
    }

    /// <summary>Writes what is left, then quarantine, then the manifest: from here on readers see the catalogue.</summary>
    public async Task<CatalogueManifest> CommitAsync(CancellationToken cancellation = default)
    {
        if (_partStickers > 0 || _quarantined.Count > 0) await EndPartAsync(cancellation).ConfigureAwait(false);
        var quarantine = await ParquetFile.WriteAsync(_store, $"{_folder}/{StickerCatalogue.QuarantineName}", new QuarantineTable(), QuarantineAsync(cancellation), QuarantinedPerCheckpoint, cancellation).ConfigureAwait(false);
        var manifest = new CatalogueManifest
        {
            FormatVersion = DataSet.CatalogueFormatVersion,
            Name = _name,
            Read = Read,
            Written = Written,
            Quarantined = Quarantined,
            PartCounts = _partCounts,
            Files = [.. _parts, quarantine],
            Sources = _sources,
        };
        await _store.WriteJsonAsync($"{_folder}/{StickerCatalogue.ManifestName}", manifest, cancellation).ConfigureAwait(false);
        for (var i = 0; i < _checkpoints; i++)
        {
            await _store.DeleteAsync(GroupKey(i), cancellation).ConfigureAwait(false);
            await _store.DeleteAsync(CheckpointKey(i), cancellation).ConfigureAwait(false);
        }

        return manifest;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_part is not null) await _part.DisposeAsync().ConfigureAwait(false);
        _part = null;
    }

    /// <summary>Keeps a full block in a file of its own too: its part cannot be read before it is whole.</summary>
    private async Task EndBlockAsync(CancellationToken cancellation)
    {
        var file = await ParquetFile.WriteAsync(_store, GroupKey(_checkpoints), new StickerTable(), _block.ToAsyncEnumerable(), StickersPerBlock, cancellation).ConfigureAwait(false);
        _blocks.Add(file);
        var stickers = _block.Count;
        await WriteBlockAsync(cancellation).ConfigureAwait(false);
        await CheckpointAsync(new CatalogueCheckpoint { Read = stickers + _quarantined.Count, Stickers = stickers, Group = file, Quarantined = _quarantined }, cancellation).ConfigureAwait(false);
    }

    private async Task EndPartAsync(CancellationToken cancellation)
    {
        var stickers = _block.Count;
        CommittedFile? file = null;
        if (_partStickers > 0)
        {
            await WriteBlockAsync(cancellation).ConfigureAwait(false);
            file = await _part!.CommitAsync(cancellation).ConfigureAwait(false);
            await DisposeAsync().ConfigureAwait(false);
        }

        await CheckpointAsync(new CatalogueCheckpoint { Read = stickers + _quarantined.Count, Stickers = stickers, Part = file, Quarantined = _quarantined }, cancellation).ConfigureAwait(false);
        if (file is null) return;
        _parts.Add(file);
        _partCounts.Add(_partStickers);
        (_partStickers, _partBytes) = (0, 0);
        foreach (var block in _blocks) await _store.DeleteAsync($"{ImportFolder}/{block.Path}", cancellation).ConfigureAwait(false);
        _blocks.Clear();
    }

    private async Task CheckpointAsync(CatalogueCheckpoint checkpoint, CancellationToken cancellation)
    {
        await _store.WriteJsonAsync(CheckpointKey(_checkpoints), checkpoint, cancellation).ConfigureAwait(false);
        _checkpoints++;
        _quarantinedBefore += _quarantined.Count;
        _quarantined.Clear();
    }

    /// <summary>Fills the unfinished part again, block by block as before.</summary>
    private async Task ReopenPartAsync(CancellationToken cancellation)
    {
        await DataSet.VerifyAsync(_store, ImportFolder, _blocks, cancellation).ConfigureAwait(false);
        foreach (var file in _blocks)
        {
            await foreach (var sticker in ParquetFile.ReadAsync(_store, $"{ImportFolder}/{file.Path}", new StickerTable(), cancellation).ConfigureAwait(false))
            {
                _block.Add(sticker);
                _partStickers++;
                _partBytes += sticker.Image.Length;
            }

            await WriteBlockAsync(cancellation).ConfigureAwait(false);
        }
    }

    private async Task WriteBlockAsync(CancellationToken cancellation)
    {
        if (_block.Count == 0) return;
        _part ??= await ParquetOutput<Sticker>.CreateAsync(_store, $"{_folder}/{DataSet.PartName(_parts.Count)}", new StickerTable(), cancellation).ConfigureAwait(false);
        foreach (var group in RowGroups()) await _part.WriteGroupAsync(group, cancellation).ConfigureAwait(false);
        _block.Clear();
        _blockBytes = 0;
    }

    private IEnumerable<List<Sticker>> RowGroups()
    {
        for (int first = 0, next = 0; first < _block.Count; first = next)
        {
            long bytes = 0;
            while (next < _block.Count && (next == first || bytes + _block[next].Image.Length <= BytesPerGroup)) bytes += _block[next++].Image.Length;
            yield return _block[first..next];
        }
    }

    private async IAsyncEnumerable<CatalogueCheckpoint> CheckpointsAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        for (var i = 0; await _store.ReadJsonAsync<CatalogueCheckpoint>(CheckpointKey(i), cancellation).ConfigureAwait(false) is { } checkpoint; i++)
            yield return checkpoint;
    }

    private async IAsyncEnumerable<QuarantinedFile> QuarantineAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var checkpoint in CheckpointsAsync(cancellation).ConfigureAwait(false))
        {
            foreach (var row in checkpoint.Quarantined) yield return row;
        }
    }

    private string ImportFolder => $"{_folder}/.import";

    private string GroupKey(int index) => string.Create(CultureInfo.InvariantCulture, $"{ImportFolder}/group-{index:00000}.parquet");

    private string CheckpointKey(int index) => string.Create(CultureInfo.InvariantCulture, $"{ImportFolder}/checkpoint-{index:00000}.json");
}
