using System.Runtime.InteropServices;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>The C library's allocator, which Faiss and LibTorch use.</summary>
internal static partial class NativeMemory
{
    /// <summary>Gives back to the system what is free; where the C library is another one, nothing happens.</summary>
    public static void Trim()
    {
        try
        {
            _ = malloc_trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // musl keeps little.
        }
    }

    [LibraryImport("libc")]
    private static partial int malloc_trim(nuint keep);
}
