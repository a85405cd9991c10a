using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Coded;

/// <summary>
/// Writes a vectors.coded in two passes over the vectors: first the list of each row, then its code and vector. The same rows give the same bytes
/// in whatever order they come. Memory is 8 bytes a row, the sample and the centres.
/// </summary>
public sealed class CodedIndexWriter : IDisposable
{
    private const int Seed = 20_261_127;

    private readonly string _path;
    private readonly CodedLayout _layout;
    private readonly SafeFileHandle _file;
    private readonly CodeMap _codes;
    private readonly ListCentres _centres;
    private readonly uint[] _lists;
    private uint[]? _places;
    private long _assigned, _written;

    private CodedIndexWriter(string path, CodedLayout layout, CodeMap codes, ListCentres centres)
    {
        (_path, _layout, _codes, _centres) = (path, layout, codes, centres);
        _lists = new uint[layout.Rows];
        Array.Fill(_lists, uint.MaxValue);
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
    }

    private string Scratch => $"{_path}.centres";

    /// <summary>Fits lists, and codes unless there are some, to a sample and begins the file.</summary>
    /// <param name="path">The file; one more beside it is used meanwhile.</param>
    /// <param name="rows">Rows that will come, 1 to 2^31.</param>
    /// <param name="d">Vector length, 1 to 4096.</param>
    /// <param name="lists">Number of inverted lists.</param>
    /// <param name="sample">Row-major unit vectors, at least as many as there are lists.</param>
    /// <param name="codes">Makes the codes; null to fit a rotation whose signs they are.</param>
    /// <param name="cancellation">Stops the training.</param>
    /// <exception cref="ArgumentException">The codes are of vectors of another length.</exception>
    public static CodedIndexWriter Create(string path, long rows, int d, int lists, ReadOnlyMemory<float> sample, CodeMap? codes = null, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, Array.MaxLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(lists, 1);
        if (codes is not null && codes.Dimension != d)
            throw new ArgumentException($"The codes are of vectors of {codes.Dimension} dimensions, these have {d}.", nameof(codes));
        codes ??= SignRotation.Fit(sample.Span, d, Seed);
        var centres = ListCentres.Train(sample, d, lists, Seed + 1, $"{path}.centres", cancellation);
        return new CodedIndexWriter(path, new CodedLayout(rows, d, lists, codes.Bits), codes, centres);
    }

    /// <summary>First pass: tells each row's vector once.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <param name="vectors">Row-major, as many rows.</param>
    /// <param name="cancellation">Stops it.</param>
    public void Assign(ReadOnlySpan<long> rows, ReadOnlyMemory<float> vectors, CancellationToken cancellation = default)
    {
        var lists = _centres.Assign(vectors, cancellation);
        for (var i = 0; i < rows.Length; i++)
        {
            if (_lists[rows[i]] != uint.MaxValue)
                throw new ArgumentException($"Row {rows[i]} came before.", nameof(rows));
            _lists[rows[i]] = (uint)lists[i];
        }

        _assigned += rows.Length;
    }

    /// <summary>Second pass: writes each row's code and vector.</summary>
    /// <param name="rows">Row numbers.</param>
    /// <param name="vectors">Row-major, as many rows.</param>
    /// <param name="codes">Their codes, where they are known; null to make them here.</param>
    /// <exception cref="InvalidOperationException">The first pass is not done.</exception>
    public void Write(ReadOnlySpan<long> rows, ReadOnlySpan<float> vectors, IReadOnlyList<byte[]>? codes = null)
    {
        _places ??= Place();
        var d = _layout.Dimension;
        var code = new ulong[_layout.Words];
        for (var i = 0; i < rows.Length; i++)
        {
            var vector = vectors.Slice(i * d, d);
            var place = (long)_places[rows[i]];
            if (codes is null)
                _codes.Encode(vector, MemoryMarshal.AsBytes(code.AsSpan()));
            else
                codes[i].CopyTo(MemoryMarshal.AsBytes(code.AsSpan()));
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(code.AsSpan()), _layout.CodesOffset + (place * code.Length * sizeof(ulong)));
            RandomAccess.Write(_file, MemoryMarshal.AsBytes(vector), _layout.VectorsOffset + (place * d * sizeof(float)));
        }

        _written += rows.Length;
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
    public void Dispose()
    {
        _file.Dispose();
        _centres.Dispose();
        File.Delete(Scratch);
    }

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

        Put(_codes.Offsets, _layout.OffsetsOffset);
        Put(_codes.Weights, _layout.WeightsOffset);
        Put(_centres.Values, _layout.CentresOffset);
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
