using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Coded;

/// <summary>
/// Writes a vectors.coded: first it is told the list of each row, then its code and vector. The same rows give the same bytes in whatever order they
/// come. Memory is 8 bytes a row.
/// </summary>
public sealed class CodedIndexWriter : IDisposable
{
    private readonly CodedLayout _layout;
    private readonly SafeFileHandle _file;
    private readonly CodedQuantizer _quantizer;
    private readonly uint[] _lists;
    private uint[]? _places;
    private long _assigned, _written;

    private CodedIndexWriter(string path, CodedLayout layout, CodedQuantizer quantizer)
    {
        (_layout, _quantizer) = (layout, quantizer);
        _lists = new uint[layout.Rows];
        Array.Fill(_lists, uint.MaxValue);
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
    }

    /// <summary>Begins the file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Rows that will come, 1 to 2^31.</param>
    /// <param name="quantizer">Its lists and codes; stays the caller's.</param>
    public static CodedIndexWriter Create(string path, long rows, CodedQuantizer quantizer)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(quantizer);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Array.MaxLength);
        return new CodedIndexWriter(path, new CodedLayout(rows, quantizer.Dimension, quantizer.Lists, quantizer.Codes.Bits), quantizer);
    }

    /// <summary>First, for each row once: the list that it is in (<see cref="CodedQuantizer.Assign"/>).</summary>
    /// <exception cref="ArgumentException">The row came before, or there is no such row or list.</exception>
    public void Assign(long row, int list)
    {
        if (row < 0 || row >= _layout.Rows || list < 0 || list >= _layout.Lists)
            throw new ArgumentException($"Row {row} in list {list}: there are {_layout.Rows} rows and {_layout.Lists} lists.", nameof(row));
        if (_lists[row] != uint.MaxValue)
            throw new ArgumentException($"Row {row} came before.", nameof(row));
        _lists[row] = (uint)list;
        _assigned++;
    }

    /// <summary>Then, for each row once: its code and its vector.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="code">As <see cref="CodeMap.Encode(ReadOnlySpan{float})"/> makes it.</param>
    /// <param name="vector">d values.</param>
    /// <exception cref="InvalidOperationException">Some row's list is not known yet.</exception>
    public void Write(long row, ReadOnlySpan<byte> code, ReadOnlySpan<float> vector)
    {
        _places ??= Place();
        var d = _layout.Dimension;
        if (code.Length != _quantizer.Codes.Bytes || vector.Length != d)
            throw new ArgumentException($"A row has a code of {_quantizer.Codes.Bytes} bytes and {d} values, not of {code.Length} and {vector.Length}.", nameof(code));
        Span<byte> whole = stackalloc byte[_layout.Words * sizeof(ulong)];
        whole.Clear();
        code.CopyTo(whole);
        var place = (long)_places[row];
        RandomAccess.Write(_file, whole, _layout.CodesOffset + (place * whole.Length));
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(vector), _layout.VectorsOffset + (place * d * sizeof(float)));
        _written++;
    }

    /// <summary>Ends the file.</summary>
    /// <exception cref="InvalidOperationException">A row is missing.</exception>
    public void Complete()
    {
        if (_places is null || _written != _layout.Rows)
            throw new InvalidOperationException($"{_written} of {_layout.Rows} rows were written.");
        var header = new byte[CodedLayout.HeaderBytes];
        "STKC"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), CodedIndex.FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), _layout.Rows);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), _layout.Dimension);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), _layout.Lists);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(24), _layout.Bits);
        Put<byte>(header, 0);
        Dispose();
    }

    /// <summary>Closes the file; without <see cref="Complete"/> it is no index.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Within a list rows stand in their order.</summary>
    private uint[] Place()
    {
        if (_assigned != _layout.Rows)
            throw new InvalidOperationException($"{_assigned} of {_layout.Rows} rows were assigned.");
        var starts = new long[_layout.Lists + 1];
        foreach (var list in _lists)
            starts[list + 1]++;
        for (var list = 0; list < _layout.Lists; list++)
            starts[list + 1] += starts[list];
        var next = starts.ToArray();
        var (places, rows) = (new uint[_layout.Rows], new uint[_layout.Rows]);
        for (uint row = 0; row < _layout.Rows; row++)
        {
            places[row] = (uint)next[_lists[row]]++;
            rows[places[row]] = row;
        }

        Put(_quantizer.Codes.Offsets, _layout.OffsetsOffset);
        Put(_quantizer.Codes.Weights, _layout.WeightsOffset);
        Put(_quantizer.Centres, _layout.CentresOffset);
        Put<long>(starts, _layout.StartsOffset);
        Put<uint>(rows, _layout.RowsOffset);
        Put<uint>(places, _layout.PlacesOffset);
        return places;
    }

    private void Put<T>(ReadOnlySpan<T> values, long offset) where T : unmanaged
    {
        const int piece = 1 << 22;
        for (var at = 0; at < values.Length; at += piece)
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(values.Slice(at, Math.Min(piece, values.Length - at))), offset + ((long)at * Marshal.SizeOf<T>()));
    }
}
