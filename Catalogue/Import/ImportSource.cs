namespace Stickers.Catalogue.Import;

/// <summary>Something images come from.</summary>
internal interface IImportSource
{
    /// <summary>Adds a line for each file that matters, with size and time: equal lines mean equal input.</summary>
    /// <returns>How many images will be offered, as far as can be told beforehand.</returns>
    long TakeInventory(Action<string> addFile, CancellationToken cancellation);

    /// <summary>All images in an order that depends on nothing but the input. An item is read before the next is asked for.</summary>
    IAsyncEnumerable<ImportItem> OfferAsync(CancellationToken cancellation);
}

/// <summary>Recognises sources.</summary>
internal static class ImportSource
{
    private const string CatalogueFile = "catalogue.jsonl";

    /// <exception cref="ArgumentException">The path is none of the kinds that can be imported.</exception>
    internal static IImportSource Of(string path, CatalogueImportOptions options)
    {
        path = Path.TrimEndingDirectorySeparator(Path.GetFullPath(path));
        if (Directory.Exists(path))
        {
            var catalogue = Path.Combine(path, CatalogueFile);
            return File.Exists(catalogue) ? new JsonLinesSource(catalogue, options) : new FolderSource(path, options);
        }

        if (SourceNames.IsJsonLines(path)) return new JsonLinesSource(path, options);
        if (SourceNames.IsZip(path)) return new ZipSource(path, options);
        throw new ArgumentException($"Cannot import '{path}': expected a folder, a .jsonl file or a .zip archive.");
    }

    /// <summary>Path, size and time of a file as an inventory lists it.</summary>
    internal static string Line(FileInfo file) => FormattableString.Invariant($"{file.FullName}\t{(file.Exists ? file.Length : -1)}\t{file.LastWriteTimeUtc.Ticks}");
}
