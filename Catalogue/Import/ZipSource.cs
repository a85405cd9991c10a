using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Stickers.Catalogue.Import;

/// <summary>
/// A ZIP archive of images in the order of its directory, with the JSON Lines files inside as sidecars. Entries are read in memory:
/// no name from an archive ever becomes a path.
/// </summary>
internal sealed class ZipSource(string path, CatalogueImportOptions options) : IImportSource
{
    private const long MaxSidecarBytes = 256L << 20;

    private readonly string _name = Path.GetFileNameWithoutExtension(path);

    public long TakeInventory(Action<string> addFile, CancellationToken cancellation)
    {
        addFile(ImportSource.Line(new FileInfo(path)));
        using var archive = OpenArchive.TryOpen(path, out _);
        return archive is null ? 1 : Images(archive).Count();
    }

    public async IAsyncEnumerable<ImportItem> OfferAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var archive = OpenArchive.TryOpen(path, out var refusal);
        if (archive is null)
        {
            yield return new ImportItem { Key = _name, Origin = path, Record = ImportRecord.Empty, Refusal = refusal };
            yield break;
        }

        var sidecar = new Sidecar(options.Locale);
        var hasSidecar = false;
        foreach (var entry in archive.Entries.Where(entry => SourceNames.IsJsonLines(entry.FullName) && !SourceNames.IsHidden(entry.FullName)))
        {
            if (entry.Length > MaxSidecarBytes)
            {
                yield return Item(entry.FullName, ImportRecord.Empty) with { Bytes = entry.Length, Refusal = new ImportRefusal(ImportFault.Unreadable, $"A sidecar of {entry.Length} bytes, more than the allowed {MaxSidecarBytes}.") };
                continue;
            }

            hasSidecar = true;
            var bytes = await BoundedRead.ReadAsync(entry.Open(), entry.Length, (int)MaxSidecarBytes, cancellation).ConfigureAwait(false);
            await foreach (var unusable in sidecar.AddAsync(new MemoryStream(bytes), $"{path}!{entry.FullName}", $"{_name}/{SourceNames.Printable(entry.FullName)}", SourceNames.FolderOf(entry.FullName), cancellation).ConfigureAwait(false))
                yield return unusable;
        }

        foreach (var entry in Images(archive))
            yield return Item(entry, sidecar.Take(entry.FullName) ?? ImportRecord.Empty);

        if (!hasSidecar) yield break;
        foreach (var (name, record) in sidecar.TakeUnclaimed(""))
            yield return archive.GetEntry(name) is { } entry ? Item(entry, record) : Item(name, record) with { Refusal = new ImportRefusal(ImportFault.MissingFile, "The sidecar names an entry that the archive does not have.") };
    }

    private ImportItem Item(ZipArchiveEntry entry, ImportRecord record)
    {
        var item = Item(entry.FullName, record) with { Bytes = entry.Length };
        return SourceNames.Fault(entry.FullName) is { } fault
            ? item with { Refusal = new ImportRefusal(ImportFault.UnsafeName, $"The entry's name {fault}.") }
            : item with { ReadAsync = (limit, cancellation) => OpenArchive.ReadAsync(entry, limit, cancellation) };
    }

    private ImportItem Item(string name, ImportRecord record)
    {
        var printable = SourceNames.Printable(name);
        return new ImportItem
        {
            Key = record.Id ?? SourceNames.Join(_name, printable),
            Origin = $"{path}!{printable}",
            Record = record,
            DefaultPack = SourceNames.FolderOf(printable) is { Length: > 0 } folder ? folder : _name,
            ImagePath = printable,
        };
    }

    private static IEnumerable<ZipArchiveEntry> Images(ZipArchive archive) =>
        archive.Entries.Where(entry => SourceNames.IsImage(entry.FullName) && !SourceNames.IsHidden(entry.FullName));
}
