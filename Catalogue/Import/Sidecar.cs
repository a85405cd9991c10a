using System.Runtime.CompilerServices;

namespace Stickers.Catalogue.Import;

/// <summary>
/// Records of the JSON Lines files that lie among images, by the path they speak of. They are held while their folder is read;
/// a catalogue of many millions comes as <c>catalogue.jsonl</c>, which streams.
/// </summary>
internal sealed class Sidecar(string locale)
{
    private readonly Dictionary<string, ImportRecord> _byPath = new(StringComparer.Ordinal);

    /// <summary>Adds the lines of one file; what cannot be used is told as items of its own.</summary>
    /// <param name="lines">The file.</param>
    /// <param name="origin">Its path, for people.</param>
    /// <param name="key">Start of the keys of unusable lines.</param>
    /// <param name="folder">Folder that its names are relative to, empty at the source's top.</param>
    /// <param name="cancellation">Stops the reading.</param>
    internal async IAsyncEnumerable<ImportItem> AddAsync(Stream lines, string origin, string key, string folder, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var (number, line) in JsonLines.ReadAsync(lines, cancellation).ConfigureAwait(false))
        {
            if (Use(line, folder) is { } refusal)
                yield return new ImportItem { Key = $"{key}#{number}", Origin = $"{origin}, line {number}", Record = ImportRecord.Empty, Refusal = refusal };
        }
    }

    /// <summary>The record of a path, which it then no longer holds.</summary>
    internal ImportRecord? Take(string path) => _byPath.Remove(path, out var record) ? record : null;

    /// <summary>Records whose path begins so and that no file has claimed, in ordinal order; it then no longer holds them.</summary>
    internal List<(string Path, ImportRecord Record)> TakeUnclaimed(string folder)
    {
        var prefix = folder.Length == 0 ? "" : $"{folder}/";
        var left = _byPath.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => (pair.Key, pair.Value)).ToList();
        foreach (var (path, _) in left) _byPath.Remove(path);
        return left;
    }

    internal static ImportRefusal Unusable(string reason) => new(ImportFault.BadRecord, $"The line cannot be used: {reason}.");

    private ImportRefusal? Use(ReadOnlyMemory<byte>? line, string folder)
    {
        if (line is null) return Unusable($"it has more than {JsonLines.MaxLineBytes} bytes");
        ImportRecord record;
        try
        {
            record = ImportRecord.Parse(line.Value, locale);
        }
        catch (FormatException fault)
        {
            return Unusable(fault.Message);
        }

        var name = record.File!.StartsWith("./", StringComparison.Ordinal) ? record.File[2..] : record.File;
        if (SourceNames.Fault(name) is { } unsafeName) return new ImportRefusal(ImportFault.UnsafeName, $"The name '{SourceNames.Printable(name)}' {unsafeName}.");
        return _byPath.TryAdd(SourceNames.Join(folder, name), record) ? null : new ImportRefusal(ImportFault.Duplicate, $"Another line speaks of '{name}' already.");
    }
}
