using System.Collections.Concurrent;

namespace Stickers.Tagger.Backfilling;

/// <summary>Arrays of one length that are used again, so that the garbage collector need not look at a fitted picture for each sticker. Thread-safe.</summary>
/// <param name="length">Their length.</param>
/// <param name="most">How many are kept.</param>
internal sealed class SpareArrays(int length, int most)
{
    private readonly ConcurrentQueue<byte[]> _spare = [];

    /// <summary>An array of any content.</summary>
    public byte[] Take() => _spare.TryDequeue(out var array) ? array : new byte[length];

    /// <summary>Gives back an array that nobody uses any longer; one of another length is let go.</summary>
    public void GiveBack(byte[] array)
    {
        if (array.Length == length && _spare.Count < most) _spare.Enqueue(array);
    }
}
