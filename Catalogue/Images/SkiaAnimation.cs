using SkiaSharp;

namespace Stickers.Catalogue.Images;

/// <summary>Composes the frames of an animated WebP or GIF with Skia, in order, each on top of the one it needs.</summary>
internal static class SkiaAnimation
{
    /// <summary>Yields whole frames from the first on; each buffer is valid only until the next step.</summary>
    public static IEnumerable<PixelBuffer> Compose(byte[] file, ImageHeader header)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SkiaStill.Open(data, header);
        var frames = codec.FrameInfo;
        if (frames.Length != header.Frames)
            throw new ImageException(ImageFault.Corrupt, $"{header.Format}: {header.Frames} frames are there, the decoder reads {frames.Length}");

        using var canvas = new PixelBuffer(header.CodedWidth, header.CodedHeight);
        PixelBuffer? saved = null; // the canvas before the run of frames that are to be undone
        var (held, savedIndex) = (-1, -1);
        try
        {
            for (var i = 0; i < frames.Length; i++)
            {
                var undone = frames[i].DisposalMethod == SKCodecAnimationDisposalMethod.RestorePrevious;
                if (held >= 0 && frames[held].DisposalMethod == SKCodecAnimationDisposalMethod.RestorePrevious && saved is not null)
                {
                    saved.Rgba.CopyTo(canvas.Rgba);
                    held = savedIndex;
                }
                if (undone && held >= 0 && savedIndex != held)
                {
                    saved ??= new PixelBuffer(canvas.Width, canvas.Height);
                    canvas.Rgba.CopyTo(saved.Rgba);
                    savedIndex = held;
                }
                SkiaStill.Read(codec, header.Format, canvas, new SKCodecOptions(i, Prior(frames, i, held)));
                held = i;
                yield return canvas;
            }
        }
        finally
        {
            saved?.Dispose();
        }
    }

    /// <summary>The frame that the canvas holds if Skia can go on from it, else -1: Skia then decodes what it needs itself.</summary>
    private static int Prior(SKCodecFrameInfo[] frames, int index, int held) =>
        frames[index].RequiredFrame >= 0 && held >= frames[index].RequiredFrame
            && frames[held].DisposalMethod != SKCodecAnimationDisposalMethod.RestorePrevious
            ? held
            : -1;
}
