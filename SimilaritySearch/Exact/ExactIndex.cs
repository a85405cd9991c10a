using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Numerics;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Exact;

/// <summary>
/// Exact nearest neighbours by inner product, at the speed of memory. Every query is compared with all rows in 8 bits; bounds of the rounding
/// error then say which rows can be among the k nearest, and only those are compared as float32. The answer is that of comparing all rows by
/// <see cref="ExactDot"/>, bit for bit, whatever the vectors. Thread-safe.
/// </summary>
/// <remarks>Memory is about d + 8 bytes a row. The whole vectors stay on disk and in the system's cache; few of them are looked at.</remarks>
public sealed unsafe class ExactIndex : IDisposable
{
    /// <summary>Most rows.</summary>
    public const long MaxRows = 1L << 32;

    /// <summary>Most dimensions.</summary>
    public const int MaxDimension = 4096;

    /// <summary>Most neighbours of one search.</summary>
    public const int MaxNeighbours = 65_536;

    /// <summary>Version of the file's format.</summary>
    internal const int FormatVersion = 1;

    /// <summary>Groups that are compared with one query after the other: few enough to stay in a core's cache.</summary>
    private const int BlockGroups = 64;

    private readonly ExactLayout _layout;
    private readonly float _largestNorm;
    private readonly CodeMemory _codes;
    private readonly MemoryMappedFile _map;
    private readonly SafeMemoryMappedViewHandle _vectors;

    private ExactIndex(ExactLayout layout, float largestNorm, CodeMemory codes, MemoryMappedFile map, SafeMemoryMappedViewHandle vectors) =>
        (_layout, _largestNorm, _codes, _map, _vectors) = (layout, largestNorm, codes, map, vectors);

    /// <summary>What the scan runs on: <c>AVX-512BW</c>, <c>AVX2</c> or <c>portable</c>.</summary>
    public static string Kernel => CodeScan.Kernel;

    /// <summary>Number of rows.</summary>
    public long Count => _layout.Rows;

    /// <summary>Vector length d.</summary>
    public int Dimension => _layout.Dimension;

    /// <summary>Bytes that a search reads.</summary>
    public long CodeBytes => _layout.CodeBytes;

    /// <summary>An index of vectors that are at hand: its file has no name any more when this returns.</summary>
    /// <param name="vectors">Row-major, n x d values.</param>
    /// <param name="d">Vector length.</param>
    internal static ExactIndex Of(ReadOnlySpan<float> vectors, int d)
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var writer = ExactIndexWriter.Create(path, vectors.Length / d, d))
            {
                for (var row = 0; row < vectors.Length / d; row++)
                    writer.Set(row, vectors.Slice(row * d, d));
                writer.Complete();
            }

            return Open(path);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>Opens a file. It must not change while it is open.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no vectors.exact, of another version, or cut off.</exception>
    public static ExactIndex Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.SequentialScan);
        var header = new byte[24];
        var length = RandomAccess.GetLength(file);
        if (RandomAccess.Read(file, header, 0) < header.Length || !header.AsSpan().StartsWith("STKX"u8))
            throw new InvalidDataException($"{path} is no index of exact vectors.");
        if (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)) is var version && version != FormatVersion)
            throw new InvalidDataException($"{path} has format version {version}; this program reads version {FormatVersion}.");
        var layout = new ExactLayout(BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8)), BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(16)));
        if (layout.Rows is < 0 or > MaxRows || layout.Dimension is < 1 or > MaxDimension || layout.FileBytes != length)
            throw new InvalidDataException($"{path} says {layout.Rows} rows of {layout.Dimension} dimensions, which is not what {length} bytes hold.");
        var codes = new CodeMemory(layout.CodeBytes);
        try
        {
            const int piece = 1 << 24;
            for (long at = 0; at < layout.CodeBytes;)
            {
                var read = RandomAccess.Read(file, new Span<byte>(codes.Start + at, (int)Math.Min(piece, layout.CodeBytes - at)), ExactLayout.CodeOffset + at);
                if (read == 0) throw new InvalidDataException($"{path} was cut off while it was read.");
                at += read;
            }

            var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
            var view = map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle;
            return new ExactIndex(layout, BinaryPrimitives.ReadSingleLittleEndian(header.AsSpan(20)), codes, map, view);
        }
        catch
        {
            codes.Dispose();
            throw;
        }
    }

    /// <summary>The k rows nearest to a query, best first, equally near ones by number; fewer when fewer are allowed.</summary>
    /// <param name="query">d finite values.</param>
    /// <param name="k">1 to <see cref="MaxNeighbours"/>.</param>
    /// <param name="allowed">Rows that may be found; null for all.</param>
    /// <param name="cancellation">Stops the search within a millisecond or so.</param>
    /// <exception cref="ArgumentException">The query is not of d finite values, or the set is of another number of rows.</exception>
    public IReadOnlyList<RowHit> Search(ReadOnlySpan<float> query, int k, RowBitmap? allowed = null, CancellationToken cancellation = default) =>
        query.Length == Dimension ? SearchMany(query, k, allowed, cancellation)[0] : throw new ArgumentException($"The query has {query.Length} dimensions, the index {Dimension}.", nameof(query));

    /// <summary>As <see cref="Search"/>, for many queries in one pass over the rows.</summary>
    /// <param name="queries">Row-major, m x d finite values.</param>
    /// <param name="k">1 to <see cref="MaxNeighbours"/>.</param>
    /// <param name="allowed">Rows that may be found; null for all.</param>
    /// <param name="cancellation">Stops the search.</param>
    /// <returns>One list for each query.</returns>
    /// <exception cref="ArgumentException">The queries are no whole number of d finite values, or the set is of another number of rows.</exception>
    public IReadOnlyList<RowHit>[] SearchMany(ReadOnlySpan<float> queries, int k, RowBitmap? allowed = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(k, MaxNeighbours);
        if (queries.Length % Dimension != 0)
            throw new ArgumentException($"{queries.Length} values are no whole number of vectors of {Dimension} dimensions.", nameof(queries));
        if (allowed is not null && allowed.Length != Count)
            throw new ArgumentException($"The set is of {allowed.Length} rows, the index has {Count}.", nameof(allowed));
        foreach (var value in queries)
        {
            if (!float.IsFinite(value))
                throw new ArgumentException($"The query holds {value}.", nameof(queries));
        }

        var prepared = new CodeQuery[queries.Length / Dimension];
        var candidates = new Candidates[prepared.Length];
        for (var q = 0; q < prepared.Length; q++)
        {
            var query = prepared[q] = new CodeQuery(queries.Slice(q * Dimension, Dimension), _largestNorm);
            candidates[q] = new Candidates((int)Math.Min(k, Math.Max(1, Count)), row => ExactDot.Product(query.Vector, RowOf(row)));
        }

        using var lease = new Lease(_codes, _vectors);
        Scan(prepared, candidates, allowed, cancellation);
        return Array.ConvertAll(candidates, found => (IReadOnlyList<RowHit>)found.Finish());
    }

    /// <summary>Copies the vector of a row, as it was written.</summary>
    /// <exception cref="ArgumentOutOfRangeException">There is no such row.</exception>
    public void CopyVector(long row, Span<float> vector)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        using var lease = new Lease(_codes, _vectors);
        RowOf(row).CopyTo(vector);
    }

    /// <summary>Frees the codes and closes the file once no call is in flight; later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _codes.Dispose();
        _vectors.Dispose();
        _map.Dispose();
    }

    private void Scan(CodeQuery[] queries, Candidates[] candidates, RowBitmap? allowed, CancellationToken cancellation)
    {
        var scores = stackalloc float[BlockGroups * ExactLayout.GroupRows];
        var marked = stackalloc ushort[BlockGroups];
        var allowedGroups = allowed is null ? default : allowed.Groups;
        fixed (ushort* allow = allowedGroups)
        {
            for (long group = 0; group < _layout.Groups; group += BlockGroups)
            {
                if (group % (64 * BlockGroups) == 0)
                    cancellation.ThrowIfCancellationRequested();
                var count = (int)Math.Min(BlockGroups, _layout.Groups - group);
                var block = _codes.Start + (group * _layout.GroupBytes);
                var allowBlock = allow == null ? null : allow + group;
                for (var q = 0; q < queries.Length; q++)
                {
                    if (CodeScan.Mark(block, count, queries[q], candidates[q].Threshold, allowBlock, scores, marked))
                        Offer(candidates[q], queries[q], group, count, block, scores, marked);
                }
            }
        }
    }

    private void Offer(Candidates candidates, CodeQuery query, long group, int count, byte* block, float* scores, ushort* marked)
    {
        for (var g = 0; g < count; g++)
        {
            var errors = (float*)(block + ((long)g * _layout.GroupBytes)) + ExactLayout.GroupRows;
            for (uint rows = marked[g]; rows != 0; rows &= rows - 1)
            {
                var lane = BitOperations.TrailingZeroCount(rows);
                var score = scores[(g * ExactLayout.GroupRows) + lane];
                var margin = (errors[lane] * query.Norm) + query.Slack;
                candidates.Offer(((group + g) * ExactLayout.GroupRows) + lane, score - margin, score + margin);
            }
        }
    }

    private ReadOnlySpan<float> RowOf(long row) =>
        new((byte*)_vectors.DangerousGetHandle() + _layout.VectorOffset + (row * Dimension * sizeof(float)), Dimension);

    /// <summary>Keeps memory from being freed while it is read.</summary>
    private readonly ref struct Lease
    {
        private readonly SafeHandle _one;
        private readonly SafeHandle _other;

        public Lease(SafeHandle one, SafeHandle other)
        {
            var held = false;
            one.DangerousAddRef(ref held);
            try
            {
                other.DangerousAddRef(ref held);
            }
            catch
            {
                one.DangerousRelease();
                throw;
            }

            (_one, _other) = (one, other);
        }

        public void Dispose()
        {
            _one.DangerousRelease();
            _other.DangerousRelease();
        }
    }
}
