namespace Stickers.Catalogue.Import;

/// <summary>Reads files of untrusted size.</summary>
internal static class BoundedRead
{
    /// <summary>At most <paramref name="limit"/> bytes and one more, which tells that there are more: stated sizes may lie.</summary>
    internal static async Task<byte[]> ReadAsync(Stream stream, long stated, int limit, CancellationToken cancellation)
    {
        using var content = new MemoryStream((int)Math.Clamp(stated, 0, limit));
        var buffer = new byte[1 << 16];
        while (content.Length <= limit)
        {
            var read = await stream.ReadAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, limit + 1L - content.Length)), cancellation).ConfigureAwait(false);
            if (read == 0) break;
            content.Write(buffer, 0, read);
        }

        return content.ToArray();
    }

    /// <summary>The file that a link leads to in the end, else the file itself.</summary>
    internal static FileInfo Target(FileInfo file) => file.LinkTarget is null ? file : (FileInfo)file.ResolveLinkTarget(returnFinalTarget: true)!;

    internal static async Task<byte[]> ReadFileAsync(string path, int limit, CancellationToken cancellation)
    {
        // Pipes and devices have no size, and opening a pipe waits for its writer.
        var target = Target(new FileInfo(path));
        if (target.Length == 0) return [];
        var stream = new FileStream(target.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        await using (stream.ConfigureAwait(false))
            return await ReadAsync(stream, target.Length, limit, cancellation).ConfigureAwait(false);
    }
}
