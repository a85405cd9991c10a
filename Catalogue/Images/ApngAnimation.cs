namespace Stickers.Catalogue.Images;

/// <summary>Composes the frames of an animated PNG as PNG third edition, 11.3.6.2, has it.</summary>
internal static class ApngAnimation
{
    /// <summary>Yields whole frames from the first on; each buffer is valid only until the next step.</summary>
    public static IEnumerable<PixelBuffer> Compose(byte[] bytes, ImageHeader header)
    {
        var file = ApngFile.Read(bytes, header);
        using var canvas = new PixelBuffer(header.CodedWidth, header.CodedHeight);
        canvas.Rgba.Clear();
        foreach (var frame in file.Frames)
        {
            var png = new ImageHeader(StickerFormat.Png, frame.Width, frame.Height);
            using var picture = SkiaStill.Decode(file.Extract(frame), png, int.MaxValue);
            using var before = frame.Dispose == ApngDispose.Previous ? canvas.Clone() : null;
            Draw(canvas, frame, picture);
            yield return canvas;
            if (before is not null) before.Rgba.CopyTo(canvas.Rgba);
            if (frame.Dispose == ApngDispose.Background) Clear(canvas, frame);
        }
    }

    private static void Draw(PixelBuffer canvas, ApngFrame frame, PixelBuffer picture)
    {
        for (var y = 0; y < frame.Height; y++)
        {
            var target = Row(canvas, frame, y);
            var source = picture.Pixels.Slice(y * frame.Width, frame.Width);
            if (frame.Source)
            {
                source.CopyTo(target);
                continue;
            }
            for (var x = 0; x < source.Length; x++) target[x] = Over(source[x], target[x]);
        }
    }

    private static void Clear(PixelBuffer canvas, ApngFrame frame)
    {
        for (var y = 0; y < frame.Height; y++) Row(canvas, frame, y).Clear();
    }

    private static Span<uint> Row(PixelBuffer canvas, ApngFrame frame, int y) =>
        canvas.Pixels.Slice((frame.Y + y) * canvas.Width + frame.X, frame.Width);

    /// <summary>Straight alpha "over" in whole numbers, rounded.</summary>
    private static uint Over(uint source, uint target)
    {
        uint above = source >> 24, below = target >> 24;
        if (above == 255 || below == 0) return source;
        if (above == 0) return target;
        var (u, v) = (above * 255, (255 - above) * below);
        var sum = u + v;
        return Mix(0) | Mix(8) | Mix(16) | (sum + 127) / 255 << 24;

        uint Mix(int shift) => (((source >> shift) & 0xFF) * u + ((target >> shift) & 0xFF) * v + sum / 2) / sum << shift;
    }
}
