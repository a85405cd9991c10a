using System.Numerics;

namespace Stickers.SimilaritySearch.Filtering;

/// <summary>A set of the stickers of one snapshot, by position; one bit for each. Immutable once it is handed out.</summary>
public sealed class StickerSet
{
    private readonly ulong[] _words;

    internal StickerSet(int length) => (Length, _words) = (length, new ulong[(length + 63) / 64]);

    /// <summary>Stickers of the snapshot.</summary>
    public int Length { get; }

    /// <summary>Stickers in the set.</summary>
    public int Count { get; private set; }

    /// <summary>Whether a position is in the set.</summary>
    public bool Contains(int position) => (uint)position < (uint)Length && (_words[position >> 6] >> (position & 63) & 1) != 0;

    /// <summary>The positions in the set, ascending.</summary>
    public IEnumerable<int> Positions()
    {
        for (var word = 0; word < _words.Length; word++)
        {
            for (var bits = _words[word]; bits != 0; bits &= bits - 1)
                yield return (word << 6) + BitOperations.TrailingZeroCount(bits);
        }
    }

    internal static StickerSet All(int length)
    {
        var all = new StickerSet(length);
        Array.Fill(all._words, ulong.MaxValue);
        if ((length & 63) != 0)
            all._words[^1] = (1UL << (length & 63)) - 1;
        return all.Counted();
    }

    internal void Add(ReadOnlySpan<int> positions)
    {
        foreach (var position in positions)
            _words[position >> 6] |= 1UL << (position & 63);
    }

    internal void Remove(ReadOnlySpan<int> positions)
    {
        foreach (var position in positions)
            _words[position >> 6] &= ~(1UL << (position & 63));
    }

    internal void IntersectWith(StickerSet other)
    {
        for (var i = 0; i < _words.Length; i++)
            _words[i] &= other._words[i];
    }

    internal StickerSet Counted()
    {
        Count = 0;
        foreach (var word in _words)
            Count += BitOperations.PopCount(word);
        return this;
    }
}
