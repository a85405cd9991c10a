using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>
/// Splits an animated PNG into stand-alone PNGs, one a frame, because Skia shows only the first picture. Check sums and
/// sequence numbers are verified here, because the pieces get new ones.
/// </summary>
internal sealed class ApngFile
{
    private const int FctlBytes = 26;

    private readonly byte[] _file;
    private readonly List<byte> _colour = [];
    private byte[] _ihdr = [];

    private ApngFile(byte[] file) => _file = file;

    /// <summary>Frames in the order shown.</summary>
    public List<ApngFrame> Frames { get; } = [];

    /// <summary>Parses a file whose structure <see cref="PngHeader"/> has walked.</summary>
    /// <exception cref="ImageException">A check sum, a sequence number or a frame is wrong.</exception>
    public static ApngFile Read(byte[] bytes, ImageHeader header)
    {
        var file = new ApngFile(bytes);
        var chunks = new PngChunks(bytes);
        uint sequence = 0;
        var hasData = false;
        while (chunks.MoveNext())
        {
            switch (chunks.Type)
            {
                case PngChunks.Ihdr:
                    file._ihdr = chunks.Body.ToArray();
                    CheckSum(chunks, "IHDR");
                    break;
                case PngChunks.Actl:
                    CheckSum(chunks, "acTL");
                    break;
                case PngChunks.Fctl:
                    CheckSum(chunks, "fcTL");
                    if (chunks.Body.Length != FctlBytes) throw Corrupt($"fcTL has {chunks.Body.Length} bytes instead of {FctlBytes}");
                    CheckSequence(chunks.Body, ref sequence);
                    file.Add(ApngFrame.Read(chunks.Body, header), header, hasData);
                    break;
                case PngChunks.Idat:
                    CheckSum(chunks, "IDAT");
                    // A picture before the first fcTL is only for viewers that cannot animate.
                    if (file.Frames.Count == 1) file.Frames[0].Data.Add((chunks.BodyStart, chunks.Body.Length));
                    hasData = true;
                    break;
                case PngChunks.Fdat:
                    CheckSum(chunks, "fdAT");
                    if (chunks.Body.Length < 4 || file.Frames.Count == 0 || !hasData) throw Corrupt("fdAT is empty or out of place");
                    CheckSequence(chunks.Body, ref sequence);
                    file.Frames[^1].Data.Add((chunks.BodyStart + 4, chunks.Body.Length - 4));
                    break;
                case var type when !hasData && PngChunks.IsColour(type):
                    file._colour.AddRange(chunks.Whole);
                    break;
            }
        }
        if (file.Frames.FindIndex(f => f.Data.Count == 0) is >= 0 and var bare) throw Corrupt($"frame {bare} has no data");
        return file;
    }

    /// <summary>A frame as a PNG file of its own.</summary>
    public byte[] Extract(ApngFrame frame)
    {
        using var png = new MemoryStream(_colour.Count + frame.Data.Sum(d => d.Length) + 100);
        png.Write(PngHeader.Signature);
        BinaryPrimitives.WriteInt32BigEndian(_ihdr, frame.Width);
        BinaryPrimitives.WriteInt32BigEndian(_ihdr.AsSpan(4), frame.Height);
        WriteChunk(png, PngChunks.Ihdr, _ihdr);
        png.Write(_colour.ToArray());
        foreach (var (start, length) in frame.Data) WriteChunk(png, PngChunks.Idat, _file.AsSpan(start, length));
        WriteChunk(png, PngChunks.Iend, []);
        return png.ToArray();
    }

    private void Add(ApngFrame frame, ImageHeader header, bool hasData)
    {
        if (!hasData && Frames.Count > 0) throw Corrupt("two fcTL stand before the first picture");
        if (!hasData && (frame.Width, frame.Height) != (header.CodedWidth, header.CodedHeight))
            throw Corrupt($"the first frame is {frame.Width}x{frame.Height} instead of {header.CodedWidth}x{header.CodedHeight}");
        Frames.Add(frame);
    }

    private static void WriteChunk(MemoryStream png, uint type, ReadOnlySpan<byte> body)
    {
        var chunk = new byte[12 + body.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, body.Length);
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(4), type);
        body.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + body.Length), Crc32.Of(chunk.AsSpan(4, 4 + body.Length)));
        png.Write(chunk);
    }

    private static void CheckSum(PngChunks chunk, string name)
    {
        if (!chunk.IsIntact) throw Corrupt($"the check sum of {name} at byte {chunk.BodyStart - 8} is wrong");
    }

    private static void CheckSequence(ReadOnlySpan<byte> body, ref uint expected)
    {
        var found = BinaryPrimitives.ReadUInt32BigEndian(body);
        if (found != expected) throw Corrupt($"sequence number {found} stands where {expected} belongs");
        expected++;
    }

    private static ImageException Corrupt(string what) => new(ImageFault.Corrupt, $"APNG: {what}");
}
