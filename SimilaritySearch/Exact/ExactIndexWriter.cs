using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Stickers.SimilaritySearch.Exact;

/// <summary>
/// Writes a vectors.exact whose rows come in any order. The same rows under the same numbers give the same bytes. Memory is the codes, one byte
/// a dimension and row; whole vectors go to disk at once.
/// </summary>
public sealed unsafe class ExactIndexWriter : IDisposable
{
    private readonly ExactLayout _layout;
    private readonly SafeFileHandle _file;
    private readonly CodeMemory _codes;
    private readonly RowBitmap _set;
    private double _largestNorm;

    private ExactIndexWriter(string path, ExactLayout layout)
    {
        _layout = layout;
        _set = new RowBitmap(layout.Rows);
        _codes = new CodeMemory(layout.CodeBytes);
        NativeMemory.Clear(_codes.Start, (nuint)layout.CodeBytes);
        _file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None, FileOptions.None);
    }

    /// <summary>Creates the file, replacing what stood there.</summary>
    /// <param name="path">The file.</param>
    /// <param name="rows">Rows that will come, 0 to <see cref="ExactIndex.MaxRows"/>.</param>
    /// <param name="d">Vector length, 1 to <see cref="ExactIndex.MaxDimension"/>.</param>
    public static ExactIndexWriter Create(string path, long rows, int d)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var layout = new ExactLayout(rows, d);
        layout.Check();
        return new ExactIndexWriter(path, layout);
    }

    /// <summary>Sets one row.</summary>
    /// <param name="row">Its number.</param>
    /// <param name="vector">d finite values.</param>
    /// <exception cref="ArgumentException">The length is not d, a value is not finite, or the row was set before.</exception>
    public void Set(long row, ReadOnlySpan<float> vector)
    {
        if (vector.Length != _layout.Dimension)
            throw new ArgumentException($"The index has {_layout.Dimension} dimensions, the vector {vector.Length}.", nameof(vector));
        if (_set[row])
            throw new ArgumentException($"Row {row} was set before.", nameof(row));
        Encode(row, vector);
        RandomAccess.Write(_file, MemoryMarshal.AsBytes(vector), _layout.VectorOffset + (row * _layout.Dimension * sizeof(float)));
        _set[row] = true;
    }

    /// <summary>Writes codes and header and closes the file.</summary>
    /// <exception cref="InvalidOperationException">A row was not set.</exception>
    public void Complete()
    {
        if (_set.Count != _layout.Rows)
            throw new InvalidOperationException($"{_set.Count} of {_layout.Rows} rows were set.");
        // Lanes without a row: not a number is never as near as anything.
        for (var row = _layout.Rows; row < _layout.Groups * ExactLayout.GroupRows; row++)
            Errors(row)[0] = float.NaN;
        const int piece = 1 << 24;
        for (long at = 0; at < _layout.CodeBytes; at += piece)
            RandomAccess.Write(_file, new ReadOnlySpan<byte>(_codes.Start + at, (int)Math.Min(piece, _layout.CodeBytes - at)), ExactLayout.CodeOffset + at);
        var header = new byte[ExactLayout.CodeOffset];
        "STKX"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), ExactIndex.FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), _layout.Rows);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), _layout.Dimension);
        BinaryPrimitives.WriteSingleLittleEndian(header.AsSpan(20), (float)(_largestNorm * (1 + 1e-6)));
        RandomAccess.Write(_file, header, 0);
        if (_layout.Rows == 0)
            RandomAccess.SetLength(_file, _layout.FileBytes);
        Dispose();
    }

    /// <summary>Closes the file; without <see cref="Complete"/> it is no index.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _codes.Dispose();
    }

    /// <summary>Rounds to 8 bits by the row's own scale and keeps the norm of what is lost, rounded up.</summary>
    private void Encode(long row, ReadOnlySpan<float> vector)
    {
        float largest = 0;
        foreach (var value in vector)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException($"Row {row} holds {value}.", nameof(vector));
            largest = Math.Max(largest, Math.Abs(value));
        }

        var scale = largest / 127;
        var codes = (sbyte*)_codes.Start + (row / ExactLayout.GroupRows * _layout.GroupBytes) + ExactLayout.GroupHeaderBytes + (2 * (row % ExactLayout.GroupRows));
        double error = 0, norm = 0;
        for (var i = 0; i < vector.Length; i++)
        {
            var code = scale > 0 ? Math.Clamp(Math.Round(vector[i] / (double)scale), -127, 127) : 0;
            codes[(i / 2 * ExactLayout.PairBytes) + (i % 2)] = (sbyte)code;
            var rest = vector[i] - (scale * code);
            error += rest * rest;
            norm += (double)vector[i] * vector[i];
        }

        var errors = Errors(row);
        errors[0] = (float)(Math.Sqrt(error) * (1 + 1e-6));
        errors[-ExactLayout.GroupRows] = scale;
        _largestNorm = Math.Max(_largestNorm, Math.Sqrt(norm));
    }

    private float* Errors(long row) => (float*)(_codes.Start + (row / ExactLayout.GroupRows * _layout.GroupBytes)) + ExactLayout.GroupRows + (row % ExactLayout.GroupRows);
}
