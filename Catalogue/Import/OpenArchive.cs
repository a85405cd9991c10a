using System.IO.Compression;

namespace Stickers.Catalogue.Import;

/// <summary>Opens ZIP archives and reads their entries.</summary>
internal static class OpenArchive
{
    /// <summary>Null, and why, when the archive cannot be read.</summary>
    internal static ZipArchive? TryOpen(string path, out ImportRefusal? refusal)
    {
        refusal = null;
        if (!File.Exists(path))
        {
            refusal = new ImportRefusal(ImportFault.MissingFile, $"There is no archive '{path}'.");
            return null;
        }

        FileStream? file = null;
        try
        {
            file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 1 << 16);
            var archive = new ZipArchive(file, ZipArchiveMode.Read);
            _ = archive.Entries.Count; // reads the directory, which may be broken
            return archive;
        }
        catch (Exception fault) when (fault is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            file?.Dispose();
            refusal = new ImportRefusal(ImportFault.Unreadable, $"The archive cannot be read: {fault.Message}");
            return null;
        }
    }

    internal static async Task<byte[]> ReadAsync(ZipArchiveEntry entry, int limit, CancellationToken cancellation)
    {
        var stream = await entry.OpenAsync(cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return await BoundedRead.ReadAsync(stream, entry.Length, limit, cancellation).ConfigureAwait(false);
    }
}
