using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>Steps over the chunks of a PNG from the first to IEND; what follows IEND is not looked at.</summary>
internal ref struct PngChunks(ReadOnlySpan<byte> file)
{
    public const uint Ihdr = 0x49484452, Plte = 0x504C5445, Trns = 0x74524E53, Idat = 0x49444154, Iend = 0x49454E44;
    public const uint Actl = 0x6163544C, Fctl = 0x6663544C, Fdat = 0x66644154, Exif = 0x65584966;

    private readonly ReadOnlySpan<byte> _file = file;
    private int _next = PngHeader.Signature.Length;

    /// <summary>The chunk's four letters, big-endian.</summary>
    public uint Type { get; private set; }

    /// <summary>The chunk's data.</summary>
    public ReadOnlySpan<byte> Body { get; private set; }

    /// <summary>Letters and data, the bytes that <see cref="Crc"/> covers.</summary>
    public ReadOnlySpan<byte> Covered { get; private set; }

    /// <summary>The check sum as stored; not verified here.</summary>
    public uint Crc { get; private set; }

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
        Body = rest.Slice(8, (int)length);
        Covered = rest.Slice(4, 4 + (int)length);
        Crc = BinaryPrimitives.ReadUInt32BigEndian(rest[(8 + (int)length)..]);
        _next += 12 + (int)length;
        return true;
    }

    private readonly ImageException Truncated() =>
        new(ImageFault.Truncated, $"PNG: {_file.Length} bytes end inside or before the chunk at byte {_next}, before IEND");
}
