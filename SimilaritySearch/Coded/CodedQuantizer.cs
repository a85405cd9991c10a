using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Coded;

/// <summary>What a coded index is fitted with before any vector goes in: the centres of its lists, and the map that makes codes. Thread-safe.</summary>
public sealed class CodedQuantizer : IDisposable
{
    private const int Seed = 20_261_127, HeaderBytes = 16, FormatVersion = 1;

    private readonly ListCentres _centres;

    private CodedQuantizer(CodeMap codes, ListCentres centres) => (Codes, _centres) = (codes, centres);

    /// <summary>Makes the codes.</summary>
    public CodeMap Codes { get; }

    /// <summary>Vector length d.</summary>
    public int Dimension => Codes.Dimension;

    /// <summary>Number of inverted lists.</summary>
    public int Lists => _centres.Values.Length / Dimension;

    internal ReadOnlySpan<float> Centres => _centres.Values;

    /// <summary>Fits lists, and codes unless there are some, to a sample. The same sample gives the same.</summary>
    /// <param name="sample">Row-major unit vectors, at least as many as there are lists.</param>
    /// <param name="d">Vector length, 1 to 4096.</param>
    /// <param name="lists">Number of inverted lists.</param>
    /// <param name="codes">Makes the codes; null to fit a rotation whose signs they are.</param>
    /// <param name="cancellation">Stops the fitting.</param>
    /// <exception cref="ArgumentException">The codes are of vectors of another length.</exception>
    public static CodedQuantizer Fit(ReadOnlyMemory<float> sample, int d, int lists, CodeMap? codes = null, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(d, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(d, 4096);
        ArgumentOutOfRangeException.ThrowIfLessThan(lists, 1);
        if (codes is not null && codes.Dimension != d)
            throw new ArgumentException($"The codes are of vectors of {codes.Dimension} dimensions, these have {d}.", nameof(codes));
        codes ??= SignRotation.Fit(sample.Span, d, Seed);
        return new CodedQuantizer(codes, ListCentres.Train(sample, d, lists, Seed + 1, cancellation));
    }

    /// <summary>Reads what <see cref="Save"/> has written.</summary>
    /// <exception cref="InvalidDataException">The file is no such thing, of another version, or cut off.</exception>
    public static CodedQuantizer Load(string path)
    {
        var bytes = File.ReadAllBytes(path);
        if (bytes.Length < HeaderBytes || BinaryPrimitives.ReadInt32LittleEndian(bytes) != FormatVersion)
            throw new InvalidDataException($"{path} has no lists and codes of version {FormatVersion}.");
        var (d, lists, bits) = (Int(4), Int(8), Int(12));
        if (d < 1 || lists < 1 || bits < 1 || bytes.Length != HeaderBytes + ((bits + (((long)bits + lists) * d)) * sizeof(float)))
            throw new InvalidDataException($"{path} says {lists} lists of {d} dimensions and {bits} bits, which is not what {bytes.Length} bytes hold.");
        var values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan(HeaderBytes));
        var codes = new CodeMap(values.Slice(bits, bits * d).ToArray(), values[..bits].ToArray());
        return new CodedQuantizer(codes, ListCentres.Of(values[(bits + (bits * d))..].ToArray(), d));

        int Int(int at) => BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(at));
    }

    /// <summary>Writes it (docs/formats.md).</summary>
    public void Save(string path)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        foreach (var (at, value) in (ReadOnlySpan<(int, int)>)[(0, FormatVersion), (4, Dimension), (8, Lists), (12, Codes.Bits)])
            BinaryPrimitives.WriteInt32LittleEndian(header[at..], value);
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write);
        file.Write(header);
        file.Write(MemoryMarshal.AsBytes(Codes.Offsets));
        file.Write(MemoryMarshal.AsBytes(Codes.Weights));
        file.Write(MemoryMarshal.AsBytes(Centres));
    }

    /// <summary>The list of each vector.</summary>
    /// <param name="vectors">Row-major, n x d values.</param>
    /// <param name="threads">Threads to use; 0 for all cores.</param>
    /// <param name="cancellation">Stops it.</param>
    public int[] Assign(ReadOnlyMemory<float> vectors, int threads = 0, CancellationToken cancellation = default) => _centres.Assign(vectors, threads, cancellation);

    /// <inheritdoc/>
    public void Dispose() => _centres.Dispose();
}
