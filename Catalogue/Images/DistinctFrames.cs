namespace Stickers.Catalogue.Images;

/// <summary>
/// Keeps those frames of an animation that differ most, in one pass: of the others only a thumbnail of 1 KB is remembered. With a new frame there is one too many, and the one goes
/// without which the nearest two of the others are farthest apart.
/// </summary>
internal sealed class DistinctFrames(int most)
{
    private const int Side = 16;

    /// <summary>Frames that differ by less, on average over all channels of 0 to 255, are the same to the eye.</summary>
    private const double SameBelow = 1;

    private readonly List<(byte[] Look, RasterImage Image)> _kept = [];
    private readonly List<byte[]> _all = [];

    /// <summary>What is kept, in the order of the animation, and the share of all frames that are nearest to each.</summary>
    public IReadOnlyList<AnimationFrame> Frames
    {
        get
        {
            var counts = new int[_kept.Count];
            foreach (var look in _all) counts[Enumerable.Range(0, counts.Length).MinBy(kept => Distance(look, _kept[kept].Look))]++;
            return [.. _kept.Select((frame, kept) => new AnimationFrame(frame.Image, (float)counts[kept] / _all.Count))];
        }
    }

    /// <summary>Looks at the next frame.</summary>
    /// <param name="frame">Valid only during the call.</param>
    /// <param name="toImage">Called when the frame is kept.</param>
    public void Offer(PixelBuffer frame, Func<PixelBuffer, RasterImage> toImage)
    {
        var look = Look(frame);
        _all.Add(look);
        var nearest = _kept.Count == 0 ? double.MaxValue : _kept.Min(other => Distance(look, other.Look));
        if (nearest < SameBelow) return;
        if (_kept.Count < most)
        {
            _kept.Add((look, toImage(frame)));
            return;
        }

        var looks = _kept.Select(other => other.Look).Append(look).ToArray();
        // Of equals the new one goes: what came first stays.
        var leaves = Enumerable.Range(0, looks.Length).Reverse().MaxBy(left => Apart(looks, left));
        if (leaves == most) return;
        _kept.RemoveAt(leaves);
        _kept.Add((look, toImage(frame)));
    }

    /// <summary>Premultiplied RGBA at 16 by 16, so that what is transparent has no colour.</summary>
    internal static byte[] Look(PixelBuffer frame)
    {
        var (width, height) = (Math.Min(Side, frame.Width), Math.Min(Side, frame.Height));
        var look = AreaResampler.Shrink(frame.Rgba, frame.Width, frame.Width, frame.Height, width, height);
        for (var i = 0; i < look.Length; i += 4)
        {
            for (var channel = 0; channel < 3; channel++) look[i + channel] = (byte)(look[i + channel] * look[i + 3] / 255);
        }

        return look;
    }

    /// <summary>Mean absolute difference, 0 to 255.</summary>
    internal static double Distance(byte[] a, byte[] b)
    {
        var sum = 0;
        for (var i = 0; i < a.Length; i++) sum += Math.Abs(a[i] - b[i]);
        return (double)sum / a.Length;
    }

    /// <summary>Distance of the nearest two when one is left out.</summary>
    private static double Apart(byte[][] looks, int without)
    {
        var apart = double.MaxValue;
        for (var i = 0; i < looks.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (i != without && j != without) apart = Math.Min(apart, Distance(looks[i], looks[j]));
            }
        }

        return apart;
    }
}
