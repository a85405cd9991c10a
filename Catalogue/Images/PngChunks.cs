using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>Steps over the chunks of a PNG from the first to IEND; what follows IEND is not looked at.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    public const uint Ihdr = 0x49484452, Plte = 0x504C5445, Trns = 0x74524E53, Idat = 0x49444154, Iend = 0x49454E44;
    public const uint Actl = 0x6163544C, Fctl = 0x6663544C, Fdat = 0x66644154, Exif = 0x65584966;

    /// <summary>Chunks that say how samples become colours; every frame of an animation needs them.</summary>
    public static bool IsColour(uint type) => type is Plte or Trns or 0x67414D41 or 0x6348524D or 0x73524742 or 0x69434350 or 0x63494350 or 0x73424954; // gAMA cHRM sRGB iCCP cICP sBIT

    private readonly ReadOnlySpan<byte> _file = file;
    private int _next = PngHeader.Signature.Length;

    /// <summary>The chunk's four letters, big-endian.</summary>
    public uint Type { get; private set; }

    /// <summary>Where <see cref="Body"/> starts in the file.</summary>
    public int BodyStart { get; private set; }

    /// <summary>The chunk's data.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>The whole chunk: length, name, data, check sum.</summary>
    public ReadOnlySpan<byte> Whole { get; private set; }

    /// <summary>Whether the check sum fits name and data; only looked at when asked for.</summary>
    public readonly bool IsIntact => Crc32.Of(Whole[4..^4]) == BinaryPrimitives.ReadUInt32BigEndian(Whole[^4..]);

    /// <summary>Goes to the next chunk; false once IEND has been passed.</summary>
    /// <exception cref="ImageException">The file ends before IEND, or a chunk's name is not four letters.</exception>
    public bool MoveNext()
    {
        if (Type == Iend) return false;
        var rest = _file[_next..];
        if (rest.Length < 12) throw Truncated();
        var length = BinaryPrimitives.ReadUInt32BigEndian(rest);
        Type = BinaryPrimitives.ReadUInt32BigEndian(rest[4..]);
        foreach (var letter in rest.Slice(4, 4))
        {
            if (!char.IsAsciiLetter((char)letter))
                throw new ImageException(ImageFault.Corrupt, $"PNG: at byte {_next} stands a chunk named {Type:X8}, which is not four letters");
        }
        if (length > rest.Length - 12) throw Truncated();
        BodyStart = _next + 8;
        Body = rest.Slice(8, (int)length);
        Whole = rest[..(12 + (int)length)];
        _next += 12 + (int)length;
        return true;
    }

    private readonly ImageException Truncated() =>
        new(ImageFault.Truncated, $"PNG: {_file.Length} bytes end inside or before the chunk at byte {_next}, before IEND");
}
