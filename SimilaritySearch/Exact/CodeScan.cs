using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Stickers.SimilaritySearch.Exact;

/// <summary>
/// Compares a query with groups of 16 rows and marks those rows whose score may reach a threshold. No call is made within the loops: what lives
/// in vector registers across a call is spilled at every turn.
/// </summary>
internal static unsafe class CodeScan
{
    /// <summary>How far ahead memory is asked for.</summary>
    private const int AheadBytes = 4096;

    /// <summary>What the scan runs on, for people.</summary>
    public static string Kernel => Avx512BW.IsSupported ? "AVX-512BW" : Avx2.IsSupported ? "AVX2" : "portable";

    /// <param name="groups">The first group.</param>
    /// <param name="count">Number of groups.</param>
    /// <param name="query">The query.</param>
    /// <param name="threshold">Scores of at least this much are wanted.</param>
    /// <param name="allowed">For each group which rows may be marked, or null for all.</param>
    /// <param name="scores">Filled with the 16 scores of each group as the codes give them, but for groups without allowed rows.</param>
    /// <param name="marked">Filled with a bit for each row: whether its score may reach the threshold.</param>
    /// <returns>Whether any row is marked.</returns>
    public static bool Mark(byte* groups, int count, CodeQuery query, float threshold, ushort* allowed, float* scores, ushort* marked)
    {
        fixed (int* pairs = query.Pairs)
        {
            if (Avx512BW.IsSupported)
                return Mark512(groups, count, pairs, query.Pairs.Length, (query.Scale, query.Norm, query.Slack, threshold), allowed, scores, marked);
            return Avx2.IsSupported
                ? Mark256(groups, count, pairs, query.Pairs.Length, (query.Scale, query.Norm, query.Slack, threshold), allowed, scores, marked)
                : MarkPortable(groups, count, pairs, query.Pairs.Length, (query.Scale, query.Norm, query.Slack, threshold), allowed, scores, marked);
        }
    }

    internal static bool Mark512(byte* groups, int count, int* query, int pairs, (float Scale, float Norm, float Slack, float Threshold) by, ushort* allowed, float* scores, ushort* marked)
    {
        var size = ExactLayout.GroupHeaderBytes + (pairs * ExactLayout.PairBytes);
        var (scale, norm, slack, threshold) = (Vector512.Create(by.Scale), Vector512.Create(by.Norm), Vector512.Create(by.Slack), Vector512.Create(by.Threshold));
        ulong any = 0;
        for (var g = 0; g < count; g++, groups += size)
        {
            if (allowed != null && allowed[g] == 0)
            {
                marked[g] = 0;
                continue;
            }

            var codes = (sbyte*)groups + ExactLayout.GroupHeaderBytes;
            var (a, b, c, d) = (Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero, Vector512<int>.Zero);
            var p = 0;
            for (; p <= pairs - 4; p += 4, codes += 4 * ExactLayout.PairBytes)
            {
                Sse.Prefetch0(codes + AheadBytes);
                Sse.Prefetch0(codes + AheadBytes + 64);
                a += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes)), Vector512.Create(query[p]).AsInt16());
                b += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes + 32)), Vector512.Create(query[p + 1]).AsInt16());
                c += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes + 64)), Vector512.Create(query[p + 2]).AsInt16());
                d += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes + 96)), Vector512.Create(query[p + 3]).AsInt16());
            }

            for (; p < pairs; p++, codes += ExactLayout.PairBytes)
                a += Avx512BW.MultiplyAddAdjacent(Avx512BW.ConvertToVector512Int16(Vector256.Load(codes)), Vector512.Create(query[p]).AsInt16());
            var score = Vector512.ConvertToSingle(a + b + (c + d)) * Vector512.Load((float*)groups) * scale;
            var upper = score + (Vector512.Load((float*)groups + ExactLayout.GroupRows) * norm) + slack;
            var mask = Vector512.GreaterThanOrEqual(upper, threshold).ExtractMostSignificantBits();
            if (allowed != null)
                mask &= allowed[g];
            score.Store(scores + (g * ExactLayout.GroupRows));
            marked[g] = (ushort)mask;
            any |= mask;
        }

        return any != 0;
    }

    internal static bool Mark256(byte* groups, int count, int* query, int pairs, (float Scale, float Norm, float Slack, float Threshold) by, ushort* allowed, float* scores, ushort* marked)
    {
        var size = ExactLayout.GroupHeaderBytes + (pairs * ExactLayout.PairBytes);
        var (scale, norm, slack, threshold) = (Vector256.Create(by.Scale), Vector256.Create(by.Norm), Vector256.Create(by.Slack), Vector256.Create(by.Threshold));
        uint any = 0;
        for (var g = 0; g < count; g++, groups += size)
        {
            if (allowed != null && allowed[g] == 0)
            {
                marked[g] = 0;
                continue;
            }

            var codes = (sbyte*)groups + ExactLayout.GroupHeaderBytes;
            var (low, high, low2, high2) = (Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero, Vector256<int>.Zero);
            var p = 0;
            for (; p <= pairs - 2; p += 2, codes += 2 * ExactLayout.PairBytes)
            {
                Sse.Prefetch0(codes + AheadBytes);
                var (one, two) = (Vector256.Create(query[p]).AsInt16(), Vector256.Create(query[p + 1]).AsInt16());
                low += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes)), one);
                high += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes + 16)), one);
                low2 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes + 32)), two);
                high2 += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes + 48)), two);
            }

            for (; p < pairs; p++, codes += ExactLayout.PairBytes)
            {
                var one = Vector256.Create(query[p]).AsInt16();
                low += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes)), one);
                high += Avx2.MultiplyAddAdjacent(Avx2.ConvertToVector256Int16(Vector128.Load(codes + 16)), one);
            }

            var scales = (float*)groups;
            var errors = scales + ExactLayout.GroupRows;
            var lower8 = Vector256.ConvertToSingle(low + low2) * Vector256.Load(scales) * scale;
            var upper8 = Vector256.ConvertToSingle(high + high2) * Vector256.Load(scales + 8) * scale;
            var mask = Vector256.GreaterThanOrEqual(lower8 + (Vector256.Load(errors) * norm) + slack, threshold).ExtractMostSignificantBits()
                | Vector256.GreaterThanOrEqual(upper8 + (Vector256.Load(errors + 8) * norm) + slack, threshold).ExtractMostSignificantBits() << 8;
            if (allowed != null)
                mask &= allowed[g];
            lower8.Store(scores + (g * ExactLayout.GroupRows));
            upper8.Store(scores + (g * ExactLayout.GroupRows) + 8);
            marked[g] = (ushort)mask;
            any |= mask;
        }

        return any != 0;
    }

    internal static bool MarkPortable(byte* groups, int count, int* query, int pairs, (float Scale, float Norm, float Slack, float Threshold) by, ushort* allowed, float* scores, ushort* marked)
    {
        var size = ExactLayout.GroupHeaderBytes + (pairs * ExactLayout.PairBytes);
        var any = 0;
        var sums = stackalloc int[ExactLayout.GroupRows];
        for (var g = 0; g < count; g++, groups += size)
        {
            marked[g] = 0;
            if (allowed != null && allowed[g] == 0)
                continue;
            var codes = (sbyte*)groups + ExactLayout.GroupHeaderBytes;
            new Span<int>(sums, ExactLayout.GroupRows).Clear();
            for (var p = 0; p < pairs; p++, codes += ExactLayout.PairBytes)
            {
                var (even, odd) = ((short)query[p], query[p] >> 16);
                for (var row = 0; row < ExactLayout.GroupRows; row++)
                    sums[row] += (codes[2 * row] * even) + (codes[(2 * row) + 1] * odd);
            }

            var mask = 0;
            for (var row = 0; row < ExactLayout.GroupRows; row++)
            {
                var score = sums[row] * ((float*)groups)[row] * by.Scale;
                scores[(g * ExactLayout.GroupRows) + row] = score;
                if (score + (((float*)groups)[ExactLayout.GroupRows + row] * by.Norm) + by.Slack >= by.Threshold)
                    mask |= 1 << row;
            }

            if (allowed != null)
                mask &= allowed[g];
            marked[g] = (ushort)mask;
            any |= mask;
        }

        return any != 0;
    }
}
