using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.Intrinsics.X86;
using Microsoft.Win32.SafeHandles;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Coded;

/// <summary>
/// Nearest neighbours among very many vectors in three levels: the lists nearest to the query, of those the codes that differ from the query's in
/// the fewest bits, of those the vectors nearest as float32. Thread-safe.
/// </summary>
/// <remarks>
/// Memory that searches touch is the code and 8 bytes a row; vectors stay on disk and in the system's cache, and of each query some hundred are read.
/// Scores are exact; which rows are found is up to the numbers of lists and candidates.
/// </remarks>
public sealed unsafe partial class CodedIndex : IDisposable
{
    /// <summary>Version of the file's format. Version 1, whose codes are always signs of rotated vectors, is read too.</summary>
    internal const int FormatVersion = 2;

    /// <summary>Vectors that are fetched from memory while one is copied; and numbers in a line of a cache.</summary>
    private const int Ahead = 8, LineFloats = 16;

    private readonly CodedLayout _layout;
    private readonly MemoryMappedFile _map;
    private readonly SafeMemoryMappedViewHandle _view;
    private readonly CodeMap _codes;
    private readonly ExactIndex _centres;
    private readonly long[] _starts;

    private CodedIndex(CodedLayout layout, MemoryMappedFile map, SafeMemoryMappedViewHandle view, CodeMap codes, ExactIndex centres, long[] starts) =>
        (_layout, _map, _view, _codes, _centres, _starts) = (layout, map, view, codes, centres, starts);

    /// <summary>Number of rows.</summary>
    public long Count => _layout.Rows;

    /// <summary>Vector length d.</summary>
    public int Dimension => _layout.Dimension;

    /// <summary>Number of inverted lists.</summary>
    public int Lists => _layout.Lists;

    /// <summary>Opens a file. It must not change while it is open.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no vectors.coded, of another version, cut off, or its lists do not add up.</exception>
    public static CodedIndex Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var header = new byte[28];
        long length;
        using (var file = File.OpenHandle(path))
        {
            length = RandomAccess.GetLength(file);
            if (RandomAccess.Read(file, header, 0) < header.Length || !header.AsSpan().StartsWith("STKC"u8))
                throw new InvalidDataException($"{path} is no index of coded vectors.");
        }

        var version = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4));
        if (version is not (1 or FormatVersion))
            throw new InvalidDataException($"{path} has format version {version}; this program reads versions 1 and {FormatVersion}.");
        var dimension = BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(16));
        var layout = new CodedLayout(
            BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8)), dimension, BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(20)),
            version == 1 ? dimension : BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(24)));
        if (layout.Rows < 1 || layout.Rows > uint.MaxValue || layout.Dimension is < 1 or > 4096 || layout.Lists is < 1 or > 1 << 24 || layout.Bits is < 1 or > 4096 || layout.FileBytes != length)
            throw new InvalidDataException($"{path} says {layout.Rows} rows of {layout.Dimension} dimensions in {layout.Lists} lists with codes of {layout.Bits} bits, which is not what {length} bytes hold.");
        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        SafeMemoryMappedViewHandle? view = null;
        try
        {
            view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
            var start = (byte*)view.DangerousGetHandle();
            var starts = new ReadOnlySpan<long>(start + layout.StartsOffset, layout.Lists + 1).ToArray();
            if (starts[0] != 0 || starts[^1] != layout.Rows || starts.Zip(starts.Skip(1)).Any(pair => pair.First > pair.Second))
                throw new InvalidDataException($"{path}: its lists do not add up to {layout.Rows} rows.");
            var d = layout.Dimension;
            var (offsets, weights) = (new ReadOnlySpan<float>(start + layout.OffsetsOffset, layout.Bits).ToArray(), new ReadOnlySpan<float>(start + layout.WeightsOffset, layout.Bits * d).ToArray());
            var codes = version == 1 ? SignRotation.Of(offsets, weights) : new CodeMap(weights, offsets);
            return new CodedIndex(layout, map, view, codes, ExactIndex.Of(new ReadOnlySpan<float>(start + layout.CentresOffset, layout.Lists * d), d), starts);
        }
        catch
        {
            view?.Dispose();
            map.Dispose();
            throw;
        }
    }

    /// <summary>Copies the vectors of rows, as they were written.</summary>
    /// <param name="rows">n rows.</param>
    /// <param name="vectors">Room for n x d values.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void CopyVectors(ReadOnlySpan<long> rows, Span<float> vectors)
    {
        foreach (var row in rows)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(row, nameof(rows));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count, nameof(rows));
        }

        var held = false;
        _view.DangerousAddRef(ref held);
        try
        {
            var places = (uint*)(Start + _layout.PlacesOffset);
            for (var i = 0; i < Math.Min(Ahead, rows.Length); i++)
                Fetch(VectorAt(places[rows[i]]));
            for (var i = 0; i < rows.Length; i++)
            {
                if (i + Ahead < rows.Length)
                    Fetch(VectorAt(places[rows[i + Ahead]]));
                VectorAt(places[rows[i]]).CopyTo(vectors.Slice(i * Dimension, Dimension));
            }
        }
        finally
        {
            _view.DangerousRelease();
        }
    }

    /// <summary>Closes the file once no call is in flight; later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
        _centres.Dispose();
    }

    private static void Fetch(ReadOnlySpan<float> vector)
    {
        if (!Sse.IsSupported)
            return;
        fixed (float* first = vector)
        {
            for (var line = first; line < first + vector.Length; line += LineFloats)
                Sse.Prefetch0(line);
        }
    }

    private byte* Start => (byte*)_view.DangerousGetHandle();

    private ReadOnlySpan<float> VectorAt(long place) => new(Start + _layout.VectorsOffset + (place * Dimension * sizeof(float)), Dimension);
}
