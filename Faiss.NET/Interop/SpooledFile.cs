namespace Faiss.Interop;

/// <summary>The rest of a stream in a temporary file: an index is read twice, first for its sizes.</summary>
internal static class SpooledFile
{
    /// <summary>Calls <paramref name="load"/> with the path of a file that is deleted afterwards.</summary>
    public static T Use<T>(Stream stream, Func<string, T> load)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var path = Path.GetTempFileName();
        try
        {
            using (var file = new FileStream(path, FileMode.Truncate, FileAccess.Write))
                stream.CopyTo(file, 1 << 20);
            return load(path);
        }
        finally
        {
            File.Delete(path);
        }
    }
}
