using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Stickers.Tagger.Network;

/// <summary>How a fitted image is shown to the network.</summary>
internal readonly record struct View
{
    /// <summary>The view of inference: upright, whole, on white with its alpha.</summary>
    public static View Plain { get; } = new()
    {
        Transform = Matrix3x2.Identity,
        Color = Matrix4x4.Identity,
        Background0 = Vector3.One,
        Background1 = Vector3.One,
    };

    /// <summary>From output to source, both with their centre at 0 and their side 1.</summary>
    public required Matrix3x2 Transform { get; init; }

    /// <summary>Affine colour change of composed RGB in 0..1 (row vectors; the fourth row is the offset).</summary>
    public required Matrix4x4 Color { get; init; }

    /// <summary>Background behind alpha at the start of the gradient, RGB 0..1.</summary>
    public required Vector3 Background0 { get; init; }

    /// <summary>Background at the end of the gradient.</summary>
    public required Vector3 Background1 { get; init; }

    /// <summary>Direction of the gradient, unit or zero.</summary>
    public Vector2 Gradient { get; init; }

    /// <summary>True: the background is part of the picture, as in a sticker without transparency.</summary>
    public bool Opaque { get; init; }

    /// <summary>Centre of a square that is greyed out, in output coordinates -0.5..0.5.</summary>
    public Vector2 CutoutCentre { get; init; }

    /// <summary>Half the side of that square; 0 for none.</summary>
    public float CutoutHalfSide { get; init; }
}

/// <summary>Renders views of fitted images as network input.</summary>
internal static class ViewRendering
{
    /// <summary>Values per image: 4 planes of side x side.</summary>
    public static int Length(int side) => 4 * side * side;

    /// <summary>Renders one view, planes R, G, B, A; RGB as (v - 0.6) * 3 and alpha as (a - 0.5) * 2.</summary>
    /// <param name="fitted">Premultiplied RGBA of <see cref="InputFitting.Fit"/>.</param>
    /// <param name="fittedSide">Its side.</param>
    /// <param name="view">What to render.</param>
    /// <param name="side">Side of the output.</param>
    /// <param name="planes">Receives 4 * side * side values.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)] // the bulk of a run would be over before the measuring tier is
    public static void Render(ReadOnlySpan<byte> fitted, int fittedSide, in View view, int side, Span<float> planes)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(fitted);
        var area = side * side;
        var step = 1f / side;
        // More than two source pixels to one of the output: one bilinear sample would miss some and flicker.
        var coarse = fittedSide > 2 * side;
        var spread = fittedSide * step * 0.25f;
        var (colour, background) = (view.Color, view.Background0);
        var (recoloured, gradient) = (!colour.IsIdentity, view.Gradient != Vector2.Zero);
        for (var y = 0; y < side; y++)
        {
            for (var x = 0; x < side; x++)
            {
                var at = new Vector2(((x + 0.5f) * step) - 0.5f, ((y + 0.5f) * step) - 0.5f);
                var from = (Vector2.Transform(at, view.Transform) + new Vector2(0.5f)) * fittedSide - new Vector2(0.5f);
                var premultiplied = (coarse ? SampleFour(pixels, fittedSide, from, spread) : Sample(pixels, fittedSide, from)) * (1f / 255f);
                var alpha = premultiplied.W;
                if (gradient) background = Vector3.Lerp(view.Background0, view.Background1, Math.Clamp(Vector2.Dot(at, view.Gradient) + 0.5f, 0f, 1f));
                var rgb = premultiplied.AsVector3() + (background * (1f - alpha));
                if (recoloured) rgb = Vector3.Transform(rgb, colour);
                rgb = Vector3.Clamp(rgb, Vector3.Zero, Vector3.One);
                if (view.CutoutHalfSide > 0f)
                {
                    var away = Vector2.Abs(at - view.CutoutCentre);
                    if (Math.Max(away.X, away.Y) < view.CutoutHalfSide) rgb = new Vector3(0.5f);
                }
                var o = (y * side) + x;
                planes[o] = (rgb.X - 0.6f) * 3f;
                planes[area + o] = (rgb.Y - 0.6f) * 3f;
                planes[(2 * area) + o] = (rgb.Z - 0.6f) * 3f;
                planes[(3 * area) + o] = view.Opaque ? 1f : (alpha * 2f) - 1f;
            }
        }
    }

    /// <summary>The mean of four samples around a point.</summary>
    private static Vector4 SampleFour(ReadOnlySpan<uint> pixels, int side, Vector2 at, float spread) =>
        (Sample(pixels, side, at + new Vector2(spread, spread)) + Sample(pixels, side, at + new Vector2(-spread, spread)) +
         Sample(pixels, side, at + new Vector2(spread, -spread)) + Sample(pixels, side, at + new Vector2(-spread, -spread))) * 0.25f;

    /// <summary>Bilinear; transparent outside.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector4 Sample(ReadOnlySpan<uint> pixels, int side, Vector2 at)
    {
        if (at.X <= -1f || at.Y <= -1f || at.X >= side || at.Y >= side) return Vector4.Zero;
        int x = (int)MathF.Floor(at.X), y = (int)MathF.Floor(at.Y);
        float fx = at.X - x, fy = at.Y - y;
        var first = (y * side) + x;
        var (left, right) = ((uint)x < (uint)side, x + 1 < side);
        Vector4 top = Vector4.Zero, bottom = Vector4.Zero;
        if ((uint)y < (uint)side) top = Vector4.Lerp(left ? Pixel(pixels[first]) : Vector4.Zero, right ? Pixel(pixels[first + 1]) : Vector4.Zero, fx);
        if (y + 1 < side) bottom = Vector4.Lerp(left ? Pixel(pixels[first + side]) : Vector4.Zero, right ? Pixel(pixels[first + side + 1]) : Vector4.Zero, fx);
        return Vector4.Lerp(top, bottom, fy);
    }

    private static Vector4 Pixel(uint rgba)
    {
        var bytes = Vector128.CreateScalarUnsafe(rgba).AsByte();
        return Vector128.ConvertToSingle(Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32()).AsVector4();
    }
}
