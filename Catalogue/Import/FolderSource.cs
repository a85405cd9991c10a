using System.Runtime.CompilerServices;

namespace Stickers.Catalogue.Import;

/// <summary>
/// A folder of images and its sub-folders, in ordinal order of names, with the JSON Lines files among them as sidecars. Keys are
/// the source's name and the path below it. Links to files are followed, links to folders are not: they may run in a circle.
/// </summary>
internal sealed class FolderSource(string root, CatalogueImportOptions options) : IImportSource
{
    private readonly string _name = Path.GetFileName(root) is { Length: > 0 } name ? name : "root";

    public long TakeInventory(Action<string> addFile, CancellationToken cancellation) => TakeInventory("", addFile, cancellation);

    public IAsyncEnumerable<ImportItem> OfferAsync(CancellationToken cancellation) => OfferAsync("", new Sidecar(options.Locale), cancellation);

    private long TakeInventory(string folder, Action<string> addFile, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        var (files, folders) = List(folder);
        foreach (var file in files) addFile(ImportSource.Line(new FileInfo(PathOf(file))));
        return files.Count(SourceNames.IsImage) + folders.Sum(inner => TakeInventory(inner, addFile, cancellation));
    }

    private async IAsyncEnumerable<ImportItem> OfferAsync(string folder, Sidecar sidecar, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var (files, folders) = List(folder);
        var sidecars = files.Where(SourceNames.IsJsonLines).ToList();
        foreach (var file in sidecars)
        {
            var lines = File.OpenRead(PathOf(file));
            await using (lines.ConfigureAwait(false))
            {
                await foreach (var unusable in sidecar.AddAsync(lines, PathOf(file), SourceNames.Join(_name, file), folder, cancellation).ConfigureAwait(false))
                    yield return unusable;
            }
        }

        foreach (var file in files.Where(SourceNames.IsImage)) yield return Item(file, sidecar.Take(file) ?? ImportRecord.Empty);
        foreach (var inner in folders)
        {
            await foreach (var item in OfferAsync(inner, sidecar, cancellation).ConfigureAwait(false)) yield return item;
        }

        if (sidecars.Count == 0) yield break;
        foreach (var (path, record) in sidecar.TakeUnclaimed(folder)) yield return Item(path, record);
    }

    private ImportItem Item(string path, ImportRecord record)
    {
        var file = new FileInfo(PathOf(path));
        var item = new ImportItem
        {
            Key = record.Id ?? SourceNames.Join(_name, path),
            Origin = file.FullName,
            Record = record,
            DefaultPack = SourceNames.FolderOf(path) is { Length: > 0 } folder ? folder : _name,
            ImagePath = path,
        };
        return BoundedRead.Target(file) is { Exists: true } target
            ? item with { Bytes = target.Length, ReadAsync = (limit, cancellation) => BoundedRead.ReadFileAsync(file.FullName, limit, cancellation) }
            : item with { Refusal = new ImportRefusal(ImportFault.MissingFile, "The sidecar names a file that does not exist, or a link leads nowhere.") };
    }

    /// <summary>Images and sidecars directly in a folder, and its sub-folders, as paths below the root.</summary>
    private (List<string> Files, List<string> Folders) List(string folder)
    {
        List<string> files = [], folders = [];
        foreach (var entry in new DirectoryInfo(PathOf(folder)).EnumerateFileSystemInfos().OrderBy(entry => entry.Name, StringComparer.Ordinal))
        {
            if (entry.Name.StartsWith('.')) continue;
            var path = SourceNames.Join(folder, entry.Name);
            if (entry is DirectoryInfo)
            {
                if (entry.LinkTarget is null) folders.Add(path);
            }
            else if (SourceNames.IsImage(entry.Name) || SourceNames.IsJsonLines(entry.Name))
            {
                files.Add(path);
            }
        }

        return (files, folders);
    }

    private string PathOf(string path) => Path.Combine(root, path);
}
