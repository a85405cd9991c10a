using System.Numerics;
using System.Runtime.InteropServices;

namespace Stickers.SimilaritySearch.Exact;

/// <summary>A set of rows of an index, one bit each. Any number of threads may read one that nobody changes.</summary>
public sealed class RowBitmap
{
    private readonly ulong[] _words;

    /// <summary>Creates an empty set.</summary>
    /// <param name="length">Number of rows of the index, 0 or more.</param>
    public RowBitmap(long length)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(length);
        Length = length;
        _words = new ulong[(length + 63) / 64];
    }

    /// <summary>Number of rows of the index.</summary>
    public long Length { get; }

    /// <summary>Number of rows in the set; counts them.</summary>
    public long Count
    {
        get
        {
            long count = 0;
            foreach (var word in _words)
                count += BitOperations.PopCount(word);
            return count;
        }
    }

    /// <summary>Whether a row is in the set.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The index has no such row.</exception>
    public bool this[long row]
    {
        get => (_words[WordOf(row)] >> (int)(row & 63) & 1) != 0;
        set
        {
            var bit = 1UL << (int)(row & 63);
            if (value)
                _words[WordOf(row)] |= bit;
            else
                _words[WordOf(row)] &= ~bit;
        }
    }

    /// <summary>The next rows of the set, ascending, as many as there is room for.</summary>
    /// <param name="from">Rows before this one were had; becomes what the next call begins with.</param>
    /// <param name="rows">Room for 1 or more.</param>
    /// <returns>How many there are; 0 after the last.</returns>
    public int Take(ref long from, Span<long> rows)
    {
        var taken = 0;
        for (var word = from >> 6; word < _words.Length && taken < rows.Length; word++)
        {
            var bits = _words[word];
            if (word == from >> 6)
                bits &= ulong.MaxValue << (int)(from & 63);
            for (; bits != 0 && taken < rows.Length; bits &= bits - 1)
                rows[taken++] = (word << 6) + BitOperations.TrailingZeroCount(bits);
        }

        from = taken == rows.Length ? rows[taken - 1] + 1 : Length;
        return taken;
    }

    /// <summary>A set of all rows.</summary>
    public static RowBitmap All(long length)
    {
        var all = new RowBitmap(length);
        Array.Fill(all._words, ulong.MaxValue);
        if ((length & 63) != 0)
            all._words[^1] = (1UL << (int)(length & 63)) - 1;
        return all;
    }

    /// <summary>Reads the set of rows that are not in a file of deleted ones.</summary>
    /// <exception cref="InvalidDataException">The file is of another number of rows.</exception>
    public static RowBitmap Read(string path, long length)
    {
        var alive = All(length);
        var deleted = File.ReadAllBytes(path);
        if (deleted.Length != alive.Bytes.Length)
            throw new InvalidDataException($"{path} has {deleted.Length} bytes; {length} rows need {alive.Bytes.Length}.");
        var bytes = MemoryMarshal.AsBytes(alive._words.AsSpan());
        for (var i = 0; i < deleted.Length; i++)
            bytes[i] &= (byte)~deleted[i];
        return alive;
    }

    /// <summary>The rows that are in this set and in the other one.</summary>
    /// <exception cref="ArgumentException">The sets are of different indexes.</exception>
    public RowBitmap And(RowBitmap other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Length != Length)
            throw new ArgumentException($"One set is of {Length} rows, the other of {other.Length}.", nameof(other));
        var both = new RowBitmap(Length);
        for (var i = 0; i < _words.Length; i++)
            both._words[i] = _words[i] & other._words[i];
        return both;
    }

    /// <summary>Row r is bit r mod 16 of value r / 16.</summary>
    internal ReadOnlySpan<ushort> Groups => MemoryMarshal.Cast<ulong, ushort>(_words.AsSpan());

    /// <summary>Row r is bit r mod 8 of byte r / 8.</summary>
    public ReadOnlySpan<byte> Bytes => MemoryMarshal.AsBytes(_words.AsSpan())[..(int)((Length + 7) / 8)];

    private long WordOf(long row) => row >= 0 && row < Length ? row >> 6 : throw new ArgumentOutOfRangeException(nameof(row), row, $"The index has {Length} rows.");
}
