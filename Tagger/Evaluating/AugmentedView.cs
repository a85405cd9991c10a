using SkiaSharp;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Evaluating;

/// <summary>
/// The evaluation view: a sticker as it comes back from the world. Tilted up to 10°, scaled by 0.8 to 1.1, shifted up to 6 %,
/// brighter or darker and of other contrast by up to 15 %, on an opaque ground of any colour, once through JPEG (quality 70
/// to 90). Never mirrored. It is on its own, apart from the training's augmentation, so that figures of different models
/// stay comparable: change it and every published recall changes its meaning.
/// </summary>
public static class AugmentedView
{
    /// <summary>Makes the view of a sticker; the same id and pixels always give the same view.</summary>
    /// <returns>An opaque image of the same size.</returns>
    public static RasterImage Of(StickerId sticker, RasterImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        var random = new Random(unchecked((int)(sticker.Value ^ (sticker.Value >> 32))));
        float Between(float low, float high) => low + (high - low) * random.NextSingle();

        var ground = new SKColor((byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256));
        var angle = Between(-10, 10);
        var scale = Between(0.8f, 1.1f);
        var (right, down) = (Between(-0.06f, 0.06f) * image.Width, Between(-0.06f, 0.06f) * image.Height);
        var brightness = Between(-0.15f, 0.15f);
        var contrast = Between(0.85f, 1.15f);
        var quality = random.Next(70, 91);

        using var surface = SKSurface.Create(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Premul));
        surface.Canvas.Clear(ground);
        surface.Canvas.Translate(image.Width / 2f + right, image.Height / 2f + down);
        surface.Canvas.RotateDegrees(angle);
        surface.Canvas.Scale(scale);
        surface.Canvas.Translate(-image.Width / 2f, -image.Height / 2f);
        var offset = 0.5f * (1 - contrast) + brightness;
        using var colours = SKColorFilter.CreateColorMatrix(
        [
            contrast, 0, 0, 0, offset,
            0, contrast, 0, 0, offset,
            0, 0, contrast, 0, offset,
            0, 0, 0, 1, 0,
        ]);
        using var paint = new SKPaint { ColorFilter = colours, IsAntialias = true };
        using (var pixels = SKImage.FromPixelCopy(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), image.Rgba))
            surface.Canvas.DrawImage(pixels, 0, 0, new SKSamplingOptions(SKCubicResampler.Mitchell), paint);

        using var drawn = surface.Snapshot();
        using var jpeg = drawn.Encode(SKEncodedImageFormat.Jpeg, quality);
        using var codec = SKCodec.Create(jpeg);
        var rgba = new byte[image.Width * image.Height * 4];
        unsafe
        {
            fixed (byte* target = rgba)
            {
                var result = codec.GetPixels(new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Unpremul), (nint)target);
                if (result != SKCodecResult.Success)
                    throw new InvalidOperationException($"The view of sticker {sticker} does not come back from JPEG: {result}.");
            }
        }
        return new RasterImage(image.Width, image.Height, rgba);
    }
}
