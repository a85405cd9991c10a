using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>Walks the chunks of a PNG (ISO/IEC 15948:2004; third edition for acTL, fcTL, fdAT and eXIf).</summary>
internal static class PngHeader
{
    public static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    public static bool Matches(ReadOnlySpan<byte> file) => file.StartsWith(Signature);

    public static ImageHeader Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        int width = 0, height = 0, orientation = 1, frameControls = 0;
        uint? announced = null;
        var hasData = false;
        var chunks = new PngChunks(file);
        while (chunks.MoveNext())
        {
            var body = chunks.Body;
            if (width == 0 && chunks.Type != PngChunks.Ihdr) throw Corrupt("the first chunk is not IHDR");
            switch (chunks.Type)
            {
                case PngChunks.Ihdr:
                    if (width != 0 || body.Length != 13) throw Corrupt($"IHDR is repeated or has {body.Length} bytes instead of 13");
                    var (w, h) = (BinaryPrimitives.ReadUInt32BigEndian(body), BinaryPrimitives.ReadUInt32BigEndian(body[4..]));
                    ImageHeader.CheckSize("PNG", w, h, limits);
                    (width, height) = ((int)w, (int)h);
                    break;
                case PngChunks.Actl when !hasData: // after IDAT it has no meaning
                    if (body.Length != 8 || announced is not null) throw Corrupt($"acTL is repeated or has {body.Length} bytes instead of 8");
                    announced = BinaryPrimitives.ReadUInt32BigEndian(body);
                    if (announced == 0) throw Corrupt("acTL announces no frames");
                    ImageHeader.CheckFrames("APNG", announced.Value, width, height, limits);
                    break;
                case PngChunks.Fctl:
                    frameControls++;
                    break;
                case PngChunks.Idat:
                    hasData = true;
                    break;
                case PngChunks.Exif:
                    orientation = ExifOrientation.Read(body);
                    break;
            }
        }
        if (!hasData) throw Corrupt("there is no IDAT");
        if (announced is null) return new ImageHeader(StickerFormat.Png, width, height, 1, orientation);
        if (announced != frameControls) throw Corrupt($"acTL announces {announced} frames, {frameControls} are there");
        return new ImageHeader(StickerFormat.Apng, width, height, frameControls, orientation);
    }

    private static ImageException Corrupt(string what) => new(ImageFault.Corrupt, $"PNG: {what}");
}
