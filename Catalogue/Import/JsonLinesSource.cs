using System.IO.Compression;
using System.Runtime.CompilerServices;

namespace Stickers.Catalogue.Import;

/// <summary>
/// A catalogue in JSON Lines, one image a line: its file, in a ZIP archive beside the catalogue (<c>archive</c>) or in the
/// catalogue's folder. Streams: neither the lines nor the images are held.
/// </summary>
internal sealed class JsonLinesSource(string path, CatalogueImportOptions options) : IImportSource
{
    private const int OpenArchives = 8;

    private readonly string _folder = Path.GetDirectoryName(path)!;

    public long TakeInventory(Action<string> addFile, CancellationToken cancellation)
    {
        addFile(ImportSource.Line(new FileInfo(path)));
        foreach (var archive in new DirectoryInfo(_folder).EnumerateFiles("*.zip").OrderBy(file => file.Name, StringComparer.Ordinal)) addFile(ImportSource.Line(archive));
        return CountLines(cancellation);
    }

    public async IAsyncEnumerable<ImportItem> OfferAsync([EnumeratorCancellation] CancellationToken cancellation)
    {
        using var archives = new Shelf(_folder);
        var lines = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
        await using (lines.ConfigureAwait(false))
        {
            await foreach (var (number, line) in JsonLines.ReadAsync(lines, cancellation).ConfigureAwait(false))
                yield return Item(number, line, archives);
        }
    }

    private ImportItem Item(int number, ReadOnlyMemory<byte>? line, Shelf archives)
    {
        var unusable = new ImportItem { Key = $"{Path.GetFileName(path)}#{number}", Origin = $"{path}, line {number}", Record = ImportRecord.Empty };
        if (line is null) return unusable with { Refusal = Sidecar.Unusable($"it has more than {JsonLines.MaxLineBytes} bytes") };
        try
        {
            var record = ImportRecord.Parse(line.Value, options.Locale);
            return record.Archive is null ? FileItem(record) : EntryItem(record, record.Archive, archives);
        }
        catch (FormatException fault)
        {
            return unusable with { Refusal = Sidecar.Unusable(fault.Message) };
        }
    }

    private ImportItem EntryItem(ImportRecord record, string archiveName, Shelf archives)
    {
        var (archiveText, entryText) = (SourceNames.Printable(archiveName), SourceNames.Printable(record.File!));
        var stem = Path.GetFileNameWithoutExtension(archiveText);
        var item = new ImportItem
        {
            Key = record.Id ?? $"{stem}/{entryText}",
            Origin = $"{_folder}/{archiveText}!{entryText}",
            Record = record,
            DefaultPack = stem,
            ImagePath = entryText,
        };
        if ((SourceNames.Fault(archiveName) ?? (archiveName.Contains('/') ? "is in another folder" : null)) is { } archiveFault)
            return item with { Refusal = new ImportRefusal(ImportFault.UnsafeName, $"The archive's name '{archiveText}' {archiveFault}.") };
        if (SourceNames.Fault(record.File!) is { } fault)
            return item with { Refusal = new ImportRefusal(ImportFault.UnsafeName, $"The entry's name {fault}.") };
        if (archives.Open(archiveName, out var refusal) is not { } archive) return item with { Refusal = refusal };
        return archive.GetEntry(record.File!) is { } entry
            ? item with { Bytes = entry.Length, ReadAsync = (limit, cancellation) => OpenArchive.ReadAsync(entry, limit, cancellation) }
            : item with { Refusal = new ImportRefusal(ImportFault.MissingFile, $"Archive '{archiveText}' has no such entry.") };
    }

    private ImportItem FileItem(ImportRecord record)
    {
        var name = SourceNames.Printable(record.File!);
        var item = new ImportItem
        {
            Key = record.Id ?? name,
            Origin = $"{_folder}/{name}",
            Record = record,
            DefaultPack = SourceNames.FolderOf(name) is { Length: > 0 } folder ? folder : Path.GetFileNameWithoutExtension(path),
            ImagePath = name,
        };
        if (SourceNames.Fault(record.File!) is { } fault) return item with { Refusal = new ImportRefusal(ImportFault.UnsafeName, $"The file's name {fault}.") };
        var file = new FileInfo(Path.Combine(_folder, record.File!));
        return file.Exists
            ? item with { Bytes = file.Length, ReadAsync = (limit, cancellation) => BoundedRead.ReadFileAsync(file.FullName, limit, cancellation) }
            : item with { Refusal = new ImportRefusal(ImportFault.MissingFile, "There is no such file beside the catalogue.") };
    }

    private long CountLines(CancellationToken cancellation)
    {
        var lines = 0L;
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        var buffer = new byte[1 << 16];
        for (int read; (read = stream.Read(buffer)) > 0;)
        {
            cancellation.ThrowIfCancellationRequested();
            lines += buffer.AsSpan(0, read).Count((byte)'\n');
        }

        return lines;
    }

    /// <summary>The archives used last, open.</summary>
    private sealed class Shelf(string folder) : IDisposable
    {
        private readonly LinkedList<(string Name, ZipArchive? Archive, ImportRefusal? Refusal)> _open = [];

        internal ZipArchive? Open(string name, out ImportRefusal? refusal)
        {
            for (var node = _open.First; node is not null; node = node.Next)
            {
                if (node.Value.Name != name) continue;
                _open.Remove(node);
                _open.AddFirst(node);
                refusal = node.Value.Refusal;
                return node.Value.Archive;
            }

            if (_open.Count == OpenArchives)
            {
                _open.Last!.Value.Archive?.Dispose();
                _open.RemoveLast();
            }

            var archive = OpenArchive.TryOpen(Path.Combine(folder, name), out refusal);
            _open.AddFirst((name, archive, refusal));
            return archive;
        }

        public void Dispose()
        {
            foreach (var (_, archive, _) in _open) archive?.Dispose();
        }
    }
}
