using System.Collections.Concurrent;

namespace Stickers.Tagger.Network;

/// <summary>Which source pixels each target pixel is the weighted mean of, along one axis; none beside the picture. Thread-safe.</summary>
internal sealed class BilinearTaps
{
    /// <summary>Longest sources of which the taps are kept: decoded stickers are no longer.</summary>
    private const int LongestKept = 256;

    /// <summary>Of sources that fill the target, which are most of them.</summary>
    private static readonly ConcurrentDictionary<(int Source, int Target), BilinearTaps> Kept = [];

    private readonly int[] _first;
    private readonly int[] _count;
    private readonly float[] _weights;
    private readonly int _stride; // weights kept for each target pixel
    private float[]? _fourfold;

    private BilinearTaps(int source, double scale, int target)
    {
        var reach = Math.Max(1, 1 / scale);
        _stride = (int)Math.Ceiling(2 * reach) + 1;
        (_first, _count, _weights) = (new int[target], new int[target], new float[target * _stride]);
        for (var t = 0; t < target; t++)
        {
            var centre = (t + 0.5 - (target / 2.0)) / scale + (source / 2.0);
            if (centre < 0 || centre > source) continue;
            // Those at its very reach weigh nothing.
            var first = _first[t] = Math.Max(0, (int)Math.Floor(centre - 0.5 - reach) + 1);
            var last = Math.Min(source - 1, (int)Math.Ceiling(centre - 0.5 + reach) - 1);
            _count[t] = last - first + 1;
            double sum = 0;
            for (var s = first; s <= last; s++) sum += Weight(s);
            for (var s = first; s <= last; s++) _weights[(t * _stride) + s - first] = (float)(Weight(s) / sum);

            double Weight(int s) => Math.Max(0, 1 - (Math.Abs(s + 0.5 - centre) / reach));
        }

        Length = _count.Max();
    }

    /// <summary>Most weights of a target pixel.</summary>
    public int Length { get; }

    /// <summary>
    /// Weights of four target pixels at a time: <see cref="Length"/> times the first one's four times, the second one's four times, and so on, for pixels of four channels. Those behind a
    /// pixel's own are 0.
    /// </summary>
    public float[] Fourfold
    {
        get
        {
            if (_fourfold is { } known) return known;
            var fourfold = new float[_count.Length * Length * 4];
            for (var i = 0; i < fourfold.Length; i++)
            {
                var (tap, lane) = (i / 16, i % 16);
                fourfold[i] = _weights[(((tap / Length * 4) + (lane / 4)) * _stride) + (tap % Length)];
            }

            return _fourfold = fourfold;
        }
    }

    /// <summary>Those of an axis.</summary>
    /// <param name="source">Pixels of the source.</param>
    /// <param name="longest">Pixels of it that would fill the target.</param>
    /// <param name="target">Pixels of the target, in whose middle the source lies; a multiple of 4.</param>
    public static BilinearTaps Of(int source, int longest, int target) => source == longest && source <= LongestKept
        ? Kept.GetOrAdd((source, target), key => new BilinearTaps(key.Source, key.Target / (double)key.Source, key.Target))
        : new BilinearTaps(source, target / (double)longest, target);

    /// <summary>The first source pixel of a target pixel.</summary>
    public int First(int target) => _first[target];

    /// <summary>The weights of it and of those that follow; their sum is 1.</summary>
    public ReadOnlySpan<float> Weights(int target) => _weights.AsSpan(target * _stride, _count[target]);
}
