using System.Runtime.InteropServices;

namespace Stickers.Tagger.Training;

/// <summary>
/// The C library's heap under LibTorch. A batch makes and frees the same tensors as the one before; by default the large ones are given back to the system each time and
/// must be cleared by it when they are wanted again, which costs a tenth of a training's processor time.
/// </summary>
internal static partial class NativeHeap
{
    /// <summary>Options of mallopt(3), and the largest values that it takes.</summary>
    private const int TrimThreshold = -1, MmapThreshold = -3, LargestMmapThreshold = 32 << 20;

    private static readonly Lazy<bool> Kept = new(() => mallopt(TrimThreshold, int.MaxValue) != 0 && mallopt(MmapThreshold, LargestMmapThreshold) != 0);

    /// <summary>From now on the process keeps what it frees: right for a training, whose steps are alike, not for a server, whose uploads are not. The first call counts.</summary>
    /// <returns>Whether the library obeyed.</returns>
    public static bool KeepFreed() => Kept.Value;

    [LibraryImport("libc")]
    private static partial int mallopt(int option, int value);
}
