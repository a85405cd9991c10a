using System.Buffers.Binary;

namespace Stickers.Catalogue.Images;

/// <summary>What is done with a frame's area before the next frame (PNG third edition, 11.3.6.2).</summary>
internal enum ApngDispose : byte
{
    None = 0,
    Background = 1,
    Previous = 2,
}

/// <summary>One frame's control data and where its compressed pixels lie in the file.</summary>
/// <param name="X">Left edge on the canvas, pixels.</param>
/// <param name="Y">Top edge on the canvas, pixels.</param>
/// <param name="Width">Pixels per row.</param>
/// <param name="Height">Number of rows.</param>
/// <param name="Dispose">What happens to its area afterwards.</param>
/// <param name="Source">True replaces the canvas, false blends over it.</param>
/// <param name="Data">Start and length of each piece, in order.</param>
internal sealed record ApngFrame(int X, int Y, int Width, int Height, ApngDispose Dispose, bool Source, List<(int Start, int Length)> Data)
{
    /// <summary>Reads an fcTL chunk's data after its sequence number.</summary>
    /// <exception cref="ImageException">The frame is empty, reaches beyond the canvas, or has an unknown operation.</exception>
    public static ApngFrame Read(ReadOnlySpan<byte> body, ImageHeader header)
    {
        var (width, height) = (BinaryPrimitives.ReadUInt32BigEndian(body[4..]), BinaryPrimitives.ReadUInt32BigEndian(body[8..]));
        var (x, y) = (BinaryPrimitives.ReadUInt32BigEndian(body[12..]), BinaryPrimitives.ReadUInt32BigEndian(body[16..]));
        if (width == 0 || height == 0 || (ulong)x + width > (ulong)header.CodedWidth || (ulong)y + height > (ulong)header.CodedHeight)
            throw new ImageException(ImageFault.Corrupt,
                $"APNG: a frame of {width}x{height} at {x},{y} does not lie within the {header.CodedWidth}x{header.CodedHeight} canvas");
        if (body[24] > 2 || body[25] > 1)
            throw new ImageException(ImageFault.Corrupt, $"APNG: unknown dispose operation {body[24]} or blend operation {body[25]}");
        return new ApngFrame((int)x, (int)y, (int)width, (int)height, (ApngDispose)body[24], body[25] == 0, []);
    }
}
