namespace Stickers.Pipeline.Sources;

/// <summary>Into how large shards the jobs over a catalogue cut it; a function of the catalogue alone, because outputs depend on it.</summary>
public static class StickerShards
{
    private const int Fewest = 64;
    private const int Smallest = 256; // smaller ones would read each row group of a part several times
    private const int Largest = 4096; // a part of a catalogue has no more

    /// <summary>
    /// Stickers in a shard, a power of two: few enough that a small catalogue gives many workers something to do, and for a large one as many as a part of the
    /// catalogue holds, so that no job writes more files than the catalogue has parts.
    /// </summary>
    public static int SizeOf(long stickers)
    {
        var size = Smallest;
        while (size < Largest && stickers / size >= 2 * Fewest) size *= 2;
        return size;
    }
}
