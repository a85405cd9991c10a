using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace Stickers.SimilaritySearch.Exact;

/// <summary>
/// A query as the scan needs it: rounded to 15 bits a dimension, with what is known of the error that this and the rounding of rows make.
/// </summary>
/// <remarks>
/// A row is x = s a + r with whole numbers a of 8 bits, a query q = t b + p with whole numbers b. Then x.q = s t a.b + (s a).p + r.q, and by
/// Cauchy and Schwarz the last two are at most |x - r| |p| + |r| |q|. |r| is stored with the row; the rest holds for all rows alike and is in
/// <see cref="Slack"/>, with the rounding of every float operation, that of the final score included.
/// </remarks>
internal sealed class CodeQuery
{
    private const double Ulp = 1.0 / (1 << 24);

    /// <param name="query">d finite values.</param>
    /// <param name="largestNorm">Largest norm of a row.</param>
    public CodeQuery(ReadOnlySpan<float> query, float largestNorm)
    {
        Vector = query.ToArray();
        var d = query.Length;
        // a.b must fit in 32 bits.
        var range = Math.Min(16383, int.MaxValue / (127 * (d + 1)));
        var largest = Math.Abs(TensorPrimitives.MaxMagnitude(query));
        Scale = largest / range;
        Pairs = new int[(d + 1) / 2];
        var codes = MemoryMarshal.Cast<int, short>(Pairs.AsSpan());
        double residual = 0, norm = 0;
        for (var i = 0; i < d; i++)
        {
            var code = Scale > 0 ? Math.Clamp(Math.Round(query[i] / (double)Scale), -range, range) : 0;
            codes[i] = (short)code;
            var rest = query[i] - (Scale * code);
            residual += rest * rest;
            norm += (double)query[i] * query[i];
        }

        norm = Math.Sqrt(norm);
        Norm = (float)(norm * (1 + (4 * Ulp)));
        // Rows as rounded are at most twice as long as the longest.
        var products = 2 * largestNorm * norm;
        Slack = (float)(((2 * largestNorm * Math.Sqrt(residual)) + (products * (d + 32) * Ulp) + float.Epsilon) * (1 + (4 * Ulp)));
    }

    /// <summary>The query itself.</summary>
    public float[] Vector { get; }

    /// <summary>Two 16-bit numbers in each: a query is these times <see cref="Scale"/>, nearly.</summary>
    public int[] Pairs { get; }

    public float Scale { get; }

    /// <summary>The query's norm, rounded up: times a row's error it bounds what the row's rounding does.</summary>
    public float Norm { get; }

    /// <summary>Bounds all other errors.</summary>
    public float Slack { get; }
}
