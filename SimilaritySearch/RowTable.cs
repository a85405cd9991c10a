using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch;

/// <summary>
/// Which sticker each row of an index is: ids in ascending order, so that a row's number follows from the set of ids alone, and a print of each
/// vector, so that an update sees what has changed. Thread-safe.
/// </summary>
public sealed class RowTable
{
    private const int HeaderBytes = 16;
    private const int FormatVersion = 1;

    private readonly long[] _ids;
    private readonly ulong[]? _prints;

    private RowTable(long[] ids, ulong[]? prints) => (_ids, _prints) = (ids, prints);

    /// <summary>Number of rows.</summary>
    public long Count => _ids.LongLength;

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="prints">Whether <see cref="PrintOf"/> will be asked for; they are half of the memory, 8 bytes a row.</param>
    /// <exception cref="InvalidDataException">The file is no table of rows, of another version, or its ids are not in order.</exception>
    public static RowTable Open(string path, bool prints = false)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        Span<byte> header = stackalloc byte[HeaderBytes];
        var read = RandomAccess.Read(file, header, 0);
        if (read < HeaderBytes || !header.StartsWith("STKI"u8))
            throw new InvalidDataException($"{path} is no table of rows.");
        if (BinaryPrimitives.ReadInt32LittleEndian(header[4..]) is var version && version != FormatVersion)
            throw new InvalidDataException($"{path} has format version {version}; this program reads version {FormatVersion}.");
        var count = BinaryPrimitives.ReadInt64LittleEndian(header[8..]);
        if (count < 0 || count > Array.MaxLength || RandomAccess.GetLength(file) != HeaderBytes + (count * 16))
            throw new InvalidDataException($"{path} says {count} rows, which is not what {RandomAccess.GetLength(file)} bytes hold.");
        var ids = new long[count];
        ReadAll(file, MemoryMarshal.AsBytes(ids.AsSpan()), HeaderBytes);
        for (long row = 0; row < count; row++)
        {
            if (ids[row] < 0 || (row > 0 && ids[row] <= ids[row - 1]))
                throw new InvalidDataException($"{path}: the ids of rows {row - 1} and {row} are not in ascending order.");
        }

        if (!prints)
            return new RowTable(ids, null);
        var all = new ulong[count];
        ReadAll(file, MemoryMarshal.AsBytes(all.AsSpan()), HeaderBytes + (count * sizeof(long)));
        return new RowTable(ids, all);
    }

    /// <summary>Makes a table of ids and prints, in any order.</summary>
    /// <exception cref="InvalidDataException">An id occurs twice.</exception>
    public static RowTable Of(long[] ids, ulong[] prints)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Array.Sort(ids, prints);
        for (var row = 1; row < ids.Length; row++)
        {
            if (ids[row] == ids[row - 1])
                throw new InvalidDataException($"Sticker {new StickerId(ids[row])} has two vectors. Embed again (stickers embed).");
        }

        return new RowTable(ids, prints);
    }

    /// <summary>Writes the table.</summary>
    public void Write(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        Span<byte> header = stackalloc byte[HeaderBytes];
        "STKI"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], Count);
        file.Write(header);
        WriteAll(file, _ids);
        WriteAll(file, _prints ?? throw new InvalidOperationException("The table was read without prints."));
    }

    /// <summary>The sticker of a row.</summary>
    public StickerId IdOf(long row) => new(_ids[row]);

    /// <summary>The row of a sticker, or -1.</summary>
    public long RowOf(StickerId id) => SortedIds.Find(_ids, 1, id.Value);

    /// <summary>The row of a sticker, or -1: for many of them, one after the other. Where ids ascend, each is found near the one before, in memory that was just read.</summary>
    /// <param name="id">The sticker.</param>
    /// <param name="near">0 at first; where to begin next time.</param>
    public long RowOf(StickerId id, ref long near)
    {
        if (near >= Count || _ids[near] > id.Value)
            return RowOf(id);
        var (low, step) = (near, 1L);
        for (; low + step < Count && _ids[low + step] <= id.Value; step *= 2)
            low += step;
        var at = Array.BinarySearch(_ids, (int)low, (int)Math.Min(step, Count - low), id.Value);
        near = at >= 0 ? at : low;
        return at >= 0 ? at : -1;
    }

    /// <summary>The print of a row's vector.</summary>
    /// <exception cref="InvalidOperationException">The table was read without prints.</exception>
    public ulong PrintOf(long row) => (_prints ?? throw new InvalidOperationException("The table was read without prints."))[row];

    /// <summary>What tells a vector from another one: the first 8 bytes of SHA-256 over its float32 values.</summary>
    public static ulong Print(ReadOnlySpan<float> vector)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(MemoryMarshal.AsBytes(vector), hash);
        return BinaryPrimitives.ReadUInt64LittleEndian(hash);
    }

    private static void ReadAll(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> target, long offset)
    {
        while (target.Length > 0)
        {
            var read = RandomAccess.Read(file, target[..Math.Min(target.Length, 1 << 26)], offset);
            if (read == 0)
                throw new EndOfStreamException();
            target = target[read..];
            offset += read;
        }
    }

    private static void WriteAll<T>(FileStream file, T[] values) where T : struct
    {
        const int piece = 1 << 20;
        for (var at = 0; at < values.Length; at += piece)
            file.Write(MemoryMarshal.AsBytes(values.AsSpan(at, Math.Min(piece, values.Length - at))));
    }
}
