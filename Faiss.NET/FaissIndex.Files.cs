using Faiss.Interop;

namespace Faiss;

public sealed partial class FaissIndex
{
    /// <summary>Reads an index file of Faiss 1.7 into memory.</summary>
    /// <remarks>
    /// Files are not trusted: sizes, kinds and places are checked, so that a damaged file is a <see cref="FaissException"/> and takes no more memory
    /// than its size suggests. A changed value inside a vector cannot be seen: keep a hash of files that matter.
    /// </remarks>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FaissException">The file is truncated or malformed (<see cref="FaissError.Corrupt"/>), or of a kind that is not offered.</exception>
    public static FaissIndex Load(string path) => Load(path, map: false);

    /// <summary>
    /// Opens an index file without reading its inverted lists: the system reads the pages that searches touch and may drop them again. Only IVF
    /// indexes gain; others are read whole. A mapped index is read-only, and its file must stay as it is while the index lives: if it is
    /// truncated meanwhile, the process ends.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="FaissException">As of <see cref="Load(string)"/>.</exception>
    public static FaissIndex Map(string path) => Load(path, map: true);

    /// <summary>Reads an index from the rest of a stream, by way of a temporary file.</summary>
    /// <exception cref="FaissException">As of <see cref="Load(string)"/>.</exception>
    public static FaissIndex Load(Stream stream) => SpooledFile.Use(stream, Load);

    private static FaissIndex Load(string path, bool map)
    {
        RequireFile(path);
        Native.Check(Native.faissnet_load(path, map ? 1 : 0, out var handle));
        return new FaissIndex(handle);
    }
}
