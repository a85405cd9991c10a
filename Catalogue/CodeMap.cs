using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Stickers.Catalogue;

/// <summary>
/// A linear map from vectors to binary codes: bit i of a vector's code is set where row i of the weights times the vector, plus the i-th offset, is positive. Codes of
/// vectors that point the same way differ in few bits. Immutable and thread-safe.
/// </summary>
public sealed class CodeMap
{
    private const int FormatVersion = 1, HeaderBytes = 16, MostBits = 4096;

    private readonly float[] _weights;
    private readonly float[] _offsets;

    /// <param name="weights">bits x d finite values, row-major.</param>
    /// <param name="offsets">One finite value for each bit; 1 to 4096 bits.</param>
    /// <exception cref="ArgumentException">The weights are no whole number of values for each bit, or a value is not finite.</exception>
    public CodeMap(float[] weights, float[] offsets)
    {
        ArgumentNullException.ThrowIfNull(weights);
        ArgumentNullException.ThrowIfNull(offsets);
        if (offsets.Length is < 1 or > MostBits || weights.Length == 0 || weights.Length % offsets.Length != 0)
            throw new ArgumentException($"{weights.Length} weights and {offsets.Length} offsets are no map: 1 to {MostBits} bits with as many weights each were expected.", nameof(weights));
        if (!weights.All(float.IsFinite) || !offsets.All(float.IsFinite))
            throw new ArgumentException("A weight or an offset is not finite.", nameof(weights));
        (_weights, _offsets) = (weights, offsets);
    }

    /// <summary>Length of a code.</summary>
    public int Bits => _offsets.Length;

    /// <summary>Length of a vector, d.</summary>
    public int Dimension => _weights.Length / _offsets.Length;

    /// <summary>Bytes of a code; the last one's unused bits are 0.</summary>
    public int Bytes => (Bits + 7) / 8;

    /// <summary>bits x d values, row-major.</summary>
    public ReadOnlySpan<float> Weights => _weights;

    /// <summary>One value for each bit.</summary>
    public ReadOnlySpan<float> Offsets => _offsets;

    /// <summary>The code of a vector: bit i is bit i mod 8 of byte i / 8.</summary>
    /// <exception cref="ArgumentException">The vector is not of d values.</exception>
    public byte[] Encode(ReadOnlySpan<float> vector)
    {
        var code = new byte[Bytes];
        Encode(vector, code);
        return code;
    }

    /// <summary>As <see cref="Encode(ReadOnlySpan{float})"/>, into memory of the caller's, of which what is left over is cleared.</summary>
    /// <exception cref="ArgumentException">The vector is not of d values, or the memory is too small.</exception>
    public void Encode(ReadOnlySpan<float> vector, Span<byte> code)
    {
        if (code.Length < Bytes)
            throw new ArgumentException($"A code has {Bytes} bytes, but there is room for {code.Length}.", nameof(code));
        code.Clear();
        var d = Dimension;
        for (var i = 0; i < Bits; i++)
        {
            if (ExactDot.Product(vector, _weights.AsSpan(i * d, d)) + _offsets[i] > 0)
                code[i >> 3] |= (byte)(1 << (i & 7));
        }
    }

    /// <summary>The bytes of a code.map (docs/formats.md).</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[HeaderBytes + ((_offsets.Length + _weights.Length) * sizeof(float))];
        "STKM"u8.CopyTo(bytes);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), FormatVersion);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(8), Bits);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(12), Dimension);
        MemoryMarshal.AsBytes(_offsets.AsSpan()).CopyTo(bytes.AsSpan(HeaderBytes));
        MemoryMarshal.AsBytes(_weights.AsSpan()).CopyTo(bytes.AsSpan(HeaderBytes + (_offsets.Length * sizeof(float))));
        return bytes;
    }

    /// <summary>Reads a code.map.</summary>
    /// <param name="bytes">All of it.</param>
    /// <param name="source">What it is, for messages.</param>
    /// <exception cref="InvalidDataException">It is none, of another version, or cut off.</exception>
    public static CodeMap Read(ReadOnlySpan<byte> bytes, string source)
    {
        if (bytes.Length < HeaderBytes || !bytes.StartsWith("STKM"u8))
            throw new InvalidDataException($"'{source}' is no map of codes.");
        if (BinaryPrimitives.ReadInt32LittleEndian(bytes[4..]) is var version && version != FormatVersion)
            throw new InvalidDataException($"'{source}' has format version {version}, this program reads {FormatVersion}.");
        var (bits, d) = (BinaryPrimitives.ReadInt32LittleEndian(bytes[8..]), BinaryPrimitives.ReadInt32LittleEndian(bytes[12..]));
        if (bits is < 1 or > MostBits || d is < 1 or > MostBits || bytes.Length != HeaderBytes + ((bits + ((long)bits * d)) * sizeof(float)))
            throw new InvalidDataException($"'{source}' says {bits} bits of {d} dimensions, which is not what {bytes.Length} bytes hold.");
        var values = MemoryMarshal.Cast<byte, float>(bytes[HeaderBytes..]);
        try
        {
            return new CodeMap(values[bits..].ToArray(), values[..bits].ToArray());
        }
        catch (ArgumentException e)
        {
            throw new InvalidDataException($"'{source}': {e.Message}", e);
        }
    }
}
