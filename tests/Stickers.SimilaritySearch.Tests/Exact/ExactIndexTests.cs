using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Tests.Exact;

public sealed class ExactIndexTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1, 1, 1, "normal")]
    [InlineData(15, 3, 4, "normal")]
    [InlineData(16, 2, 20, "normal")]
    [InlineData(17, 127, 5, "unit")]
    [InlineData(5000, 128, 10, "unit")]
    [InlineData(5000, 128, 1000, "unit")]
    [InlineData(3000, 65, 7, "scaled")] // norms from 1e-6 to 1e6
    [InlineData(4000, 32, 10, "near")] // all within less than the rounding of 8 bits
    [InlineData(20000, 8, 10, "same")] // all equal: more candidates than are kept at once
    [InlineData(2000, 24, 10, "zero")] // half of them have no length
    [InlineData(1000, 2000, 10, "unit")] // codes of the query are shortened so that sums fit 32 bits
    [InlineData(3000, 16, 50, "sparse")]
    public void Search_AnyVectors_EqualsBruteForceBitForBit(int n, int d, int k, string kind)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(n + d);
        var rows = Enumerable.Range(0, n).Select(i => Vector(random, d, kind, i)).ToArray();
        using var index = Write(folder, rows);
        var queries = Enumerable.Range(0, 7).Select(i => i < 3 ? rows[random.Next(n)] : Vector(random, d, kind, i)).ToArray();
        var found = index.SearchMany(queries.SelectMany(q => q).ToArray(), k, cancellation: Stop);
        for (var q = 0; q < queries.Length; q++)
        {
            var expected = Brute(rows, queries[q], k, _ => true);
            Assert.Equal(expected, found[q]);
            Assert.Equal(expected, index.Search(queries[q], k, cancellation: Stop));
            // The score itself is held against double precision.
            var norms = rows.Max(r => r.Sum(v => (double)v * v)) * queries[q].Sum(v => (double)v * v);
            Assert.All(found[q], hit => Assert.Equal(rows[hit.Row].Zip(queries[q], (a, b) => (double)a * b).Sum(), hit.Score, Math.Sqrt(norms) * 1e-5));
        }
    }

    [Theory]
    [InlineData(0.5)]
    [InlineData(0.01)]
    [InlineData(0.0)]
    [InlineData(1.0)]
    public void Search_AllowedRows_EqualsBruteForceOverThem(double share)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(5);
        var rows = Enumerable.Range(0, 4001).Select(i => Vector(random, 48, "unit", i)).ToArray();
        using var index = Write(folder, rows);
        var allowed = new RowBitmap(rows.Length);
        for (var row = 0; row < rows.Length; row++) allowed[row] = random.NextDouble() < share;
        for (var q = 0; q < 20; q++)
        {
            var query = Vector(random, 48, "unit", q);
            Assert.Equal(Brute(rows, query, 25, row => allowed[row]), index.Search(query, 25, allowed, Stop));
        }

        Assert.Equal(Enumerable.Range(0, rows.Length).Count(row => allowed[row]), allowed.Count);
    }

    [Theory]
    [InlineData(128)]
    [InlineData(7)]
    [InlineData(5)]
    public unsafe void Mark_EveryKernel_GivesTheSame(int d)
    {
        using var folder = new TemporaryFolder();
        var random = new Random(d);
        var rows = Enumerable.Range(0, 100).Select(i => Vector(random, d, "unit", i)).ToArray();
        using (Write(folder, rows))
        {
        }

        var query = new CodeQuery(Vector(random, d, "unit", 0), 1.01f);
        var layout = new ExactLayout(100, d);
        var codes = File.ReadAllBytes(folder.File("vectors.exact")).AsSpan(ExactLayout.CodeOffset, (int)layout.CodeBytes).ToArray();
        var allowed = Enumerable.Range(0, (int)layout.Groups).Select(_ => (ushort)random.Next(1 << 16)).ToArray();
        allowed[2] = 0;
        var results = new List<(float[] Scores, ushort[] Marked)>();
        fixed (byte* groups = codes)
        fixed (ushort* allow = allowed)
        fixed (int* pairs = query.Pairs)
        {
            for (var kernel = 0; kernel < 3; kernel++)
            {
                if ((kernel == 0 && !System.Runtime.Intrinsics.X86.Avx512BW.IsSupported) || (kernel == 1 && !System.Runtime.Intrinsics.X86.Avx2.IsSupported)) continue;
                var (scores, marked) = (new float[layout.Groups * 16], new ushort[layout.Groups]);
                fixed (float* s = scores)
                fixed (ushort* m = marked)
                {
                    var by = (query.Scale, query.Norm, query.Slack, 0.01f);
                    var count = (int)layout.Groups;
                    var any = kernel switch
                    {
                        0 => CodeScan.Mark512(groups, count, pairs, layout.Pairs, by, allow, s, m),
                        1 => CodeScan.Mark256(groups, count, pairs, layout.Pairs, by, allow, s, m),
                        _ => CodeScan.MarkPortable(groups, count, pairs, layout.Pairs, by, allow, s, m),
                    };
                    Assert.Equal(marked.Any(mask => mask != 0), any);
                }

                results.Add((scores, marked));
            }
        }

        Assert.Contains(results[^1].Marked, mask => mask != 0);
        Assert.Equal(0, results[^1].Marked[2]);
        Assert.All(results, result => Assert.Equal(results[^1].Scores, result.Scores));
        Assert.All(results, result => Assert.Equal(results[^1].Marked, result.Marked));
    }

    [Fact]
    public void Write_RowsInAnotherOrder_SameBytes()
    {
        using var folder = new TemporaryFolder();
        var random = new Random(3);
        var rows = Enumerable.Range(0, 333).Select(i => Vector(random, 33, "normal", i)).ToArray();
        using (Write(folder, rows))
        {
        }

        var forward = File.ReadAllBytes(folder.File("vectors.exact"));
        using (var writer = ExactIndexWriter.Create(folder.File("back.exact"), rows.Length, 33))
        {
            foreach (var row in Enumerable.Range(0, rows.Length).OrderBy(_ => random.Next())) writer.Set(row, rows[row]);
            writer.Complete();
        }

        Assert.Equal(forward, File.ReadAllBytes(folder.File("back.exact")));
        using var index = ExactIndex.Open(folder.File("back.exact"));
        var vector = new float[33];
        index.CopyVector(200, vector);
        Assert.Equal(rows[200], vector);
    }

    [Fact]
    public void Open_WhatIsNoIndex_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var rows = new[] { new[] { 1f, 0f } };
        Write(folder, rows).Dispose();
        var path = folder.File("vectors.exact");
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^1]);
        Assert.Throws<InvalidDataException>(() => ExactIndex.Open(path));
        File.WriteAllBytes(path, [.. "STKX"u8, 9, 0, 0, 0, .. whole[8..]]);
        Assert.Contains("format version 9", Assert.Throws<InvalidDataException>(() => ExactIndex.Open(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "something else altogether, and long enough");
        Assert.Throws<InvalidDataException>(() => ExactIndex.Open(path));
        Assert.Throws<FileNotFoundException>(() => ExactIndex.Open(folder.File("none")));
        using (var writer = ExactIndexWriter.Create(path, 2, 2))
        {
            writer.Set(0, [1, 0]);
            Assert.Throws<ArgumentException>(() => writer.Set(0, [1, 0]));
            Assert.Throws<ArgumentException>(() => writer.Set(1, [1, float.NaN]));
            Assert.Throws<ArgumentOutOfRangeException>(() => writer.Set(2, [1, 0]));
            Assert.Throws<InvalidOperationException>(writer.Complete);
        }

        Assert.Throws<InvalidDataException>(() => ExactIndex.Open(path));
    }

    [Fact]
    public void Search_WrongUse_Throws()
    {
        using var folder = new TemporaryFolder();
        var index = Write(folder, [[1, 0], [0, 1], [0, 0]]);
        Assert.Throws<ArgumentException>(() => index.Search([1, 0, 0], 1, cancellation: Stop));
        Assert.Throws<ArgumentException>(() => index.Search([float.NaN, 0], 1, cancellation: Stop));
        Assert.Throws<ArgumentException>(() => index.Search([float.PositiveInfinity, 0], 1, cancellation: Stop));
        Assert.Throws<ArgumentOutOfRangeException>(() => index.Search([1, 0], 0, cancellation: Stop));
        Assert.Throws<ArgumentException>(() => index.Search([1, 0], 1, new RowBitmap(2), Stop));
        Assert.Throws<OperationCanceledException>(() => index.Search([1, 0], 1, null, new CancellationToken(true)));
        Assert.Equal([new RowHit(0, 1), new RowHit(1, 0), new RowHit(2, 0)], index.Search([1, 0], 9, cancellation: Stop));
        index.Dispose();
        Assert.Throws<ObjectDisposedException>(() => index.Search([1, 0], 1, cancellation: Stop));
    }

    [Fact]
    public void Search_NoRows_FindsNone()
    {
        using var folder = new TemporaryFolder();
        using var index = Write(folder, [], 8);
        Assert.Empty(index.Search(new float[8], 5, cancellation: Stop));
    }

    private static ExactIndex Write(TemporaryFolder folder, float[][] rows, int d = 0)
    {
        var path = folder.File("vectors.exact");
        using (var writer = ExactIndexWriter.Create(path, rows.Length, rows.Length > 0 ? rows[0].Length : d))
        {
            for (var row = 0; row < rows.Length; row++) writer.Set(row, rows[row]);
            writer.Complete();
        }

        return ExactIndex.Open(path);
    }

    private static RowHit[] Brute(float[][] rows, float[] query, int k, Func<int, bool> allowed) =>
        [.. Enumerable.Range(0, rows.Length).Where(allowed).Select(row => new RowHit(row, ExactDot.Product(rows[row], query))).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row).Take(k)];

    private static float[] Vector(Random random, int d, string kind, int number)
    {
        var v = new float[d];
        for (var i = 0; i < d; i++) v[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()));
        var norm = MathF.Sqrt(v.Sum(x => x * x));
        return kind switch
        {
            "unit" => [.. v.Select(x => x / norm)],
            "scaled" => [.. v.Select(x => x * MathF.Pow(10, random.Next(-6, 7)))],
            "near" => [.. v.Select((x, i) => (i == 0 ? 1 : 0) + (1e-4f * x))],
            "same" => [.. v.Select((_, i) => 1f / (i + 1))],
            "zero" => number % 2 == 0 ? new float[d] : v,
            "sparse" => [.. v.Select(x => random.Next(4) == 0 ? x : 0)],
            _ => v,
        };
    }
}
