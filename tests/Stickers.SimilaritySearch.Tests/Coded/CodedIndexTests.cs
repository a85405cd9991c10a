using Stickers.Catalogue;
using Stickers.SimilaritySearch.Coded;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Tests.Coded;

public sealed class CodedIndexTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(64)]
    [InlineData(128)]
    [InlineData(100)] // the last word of a code is not full
    public void Search_AllListsAndAllCandidates_EqualsBruteForce(int d)
    {
        using var folder = new TemporaryFolder();
        var (rows, queries) = Vectors(1500, d, 20);
        using var index = Write(folder, rows, 16);
        foreach (var query in queries)
            Assert.Equal(Brute(rows, query, 10, _ => true), index.Search(query, 10, 16, rows.Length, null, Stop));
        var vector = new float[d];
        index.CopyVectors([777], vector);
        Assert.Equal(rows[777], vector);
    }

    [Fact]
    public void Search_FewListsAndCandidates_FindsMost()
    {
        // 150 clusters of 20: of 32 lists 8 are visited, and of the rows there 150 compared, a twentieth. By chance alone 5 % would be found.
        using var folder = new TemporaryFolder();
        var (rows, queries) = Vectors(3000, 128, 100);
        using var index = Write(folder, rows, 32);
        var found = queries.Sum(query => index.Search(query, 10, 8, 150, null, Stop).Count(hit => Brute(rows, query, 10, _ => true).Contains(hit))) / 1000.0;
        Assert.True(found >= 0.85, $"recall@10 {found:0.000}, at least 0.85");
    }

    [Fact]
    public void Search_AllowedRows_FindsNoOthers()
    {
        using var folder = new TemporaryFolder();
        var (rows, queries) = Vectors(1000, 64, 10);
        using var index = Write(folder, rows, 8);
        var allowed = new RowBitmap(rows.Length);
        for (var row = 0; row < rows.Length; row += 3) allowed[row] = true;
        foreach (var query in queries)
            Assert.Equal(Brute(rows, query, 10, row => row % 3 == 0), index.Search(query, 10, 8, 1000, allowed, Stop));
    }

    [Fact]
    public void Write_RowsInAnotherOrder_SameBytes()
    {
        using var folder = new TemporaryFolder();
        var (rows, _) = Vectors(500, 64, 0);
        Write(folder, rows, 8).Dispose();
        var forward = File.ReadAllBytes(folder.File("vectors.coded"));
        Write(folder, rows, 8, backwards: true).Dispose();
        Assert.Equal(forward, File.ReadAllBytes(folder.File("vectors.coded")));
        Assert.Equal([folder.File("vectors.coded")], Directory.GetFiles(folder.Path));
    }

    [Fact]
    public void Search_LearnedCodesOfAnotherLength_EqualsBruteForceAndKeepsThem()
    {
        using var folder = new TemporaryFolder();
        var (rows, queries) = Vectors(600, 64, 10);
        var random = new Random(8);
        var map = new CodeMap([.. Enumerable.Range(0, 64 * 200).Select(_ => random.NextSingle() - 0.5f)], new float[200]);
        using (var made = Write(folder, rows, 8, codes: map))
            Assert.All(queries, query => Assert.Equal(Brute(rows, query, 10, _ => true), made.Search(query, 10, 8, rows.Length, null, Stop)));
        var computed = File.ReadAllBytes(folder.File("vectors.coded"));
        Write(folder, rows, 8, codes: map, reloaded: true).Dispose();
        Assert.Equal(computed, File.ReadAllBytes(folder.File("vectors.coded")));
        Assert.Throws<ArgumentException>(() => CodedQuantizer.Fit(new float[320], 32, 2, map, Stop));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(3)]
    public void SearchAmong_NamedRows_EqualsBruteForceOverThemAndTheLists(int nProbe)
    {
        using var folder = new TemporaryFolder();
        var (rows, queries) = Vectors(1000, 64, 10);
        using var index = Write(folder, rows, 16);
        uint[] named = [.. Enumerable.Range(0, 1000).Where(row => row % 7 == 2).Select(row => (uint)row)];
        var allowed = RowBitmap.All(1000);
        for (var row = 0; row < 1000; row += 2) allowed[row] = false;
        foreach (var query in queries)
        {
            // With candidates enough, what lists alone find and what is named are all that is compared.
            HashSet<long> inLists = nProbe == 0 ? [] : [.. index.Search(query, 1000, nProbe, 1000, null, Stop).Select(hit => hit.Row)];
            Assert.Equal(Brute(rows, query, 10, row => row % 7 == 2 || inLists.Contains(row)), index.SearchAmong(query, 10, named, nProbe, 1000, null, Stop));
            Assert.Equal(Brute(rows, query, 10, row => row % 2 == 1 && (row % 7 == 2 || inLists.Contains(row))), index.SearchAmong(query, 10, named, nProbe, 1000, allowed, Stop));
        }

        Assert.Empty(index.SearchAmong(queries[0], 10, [], 0, 100, null, Stop));
        Assert.Throws<ArgumentException>(() => index.SearchAmong(queries[0], 10, [1000], 0, 100, null, Stop));
    }

    [Fact]
    public void Open_Version1_Answers()
    {
        // Version 1 has the mean where the offsets are now, and no length of the code.
        const int d = 64;
        using var folder = new TemporaryFolder();
        var (rows, queries) = Vectors(800, d, 20);
        using var now = Write(folder, rows, 8);
        var bytes = File.ReadAllBytes(folder.File("vectors.coded"));
        BitConverter.GetBytes(1).CopyTo(bytes, 4);
        BitConverter.GetBytes(0).CopyTo(bytes, 24);
        var mean = Enumerable.Range(0, d).SelectMany(i => BitConverter.GetBytes((float)-Enumerable.Range(0, d).Sum(bit => Value(8192 + (((bit * d) + i) * 4)) * Value(4096 + (bit * 4))))).ToArray();
        mean.CopyTo(bytes, 4096);
        File.WriteAllBytes(folder.File("old.coded"), bytes);
        using var old = CodedIndex.Open(folder.File("old.coded"));
        foreach (var query in queries)
            Assert.Equal(now.Search(query, 10, 4, 100, null, Stop), old.Search(query, 10, 4, 100, null, Stop));

        double Value(int at) => BitConverter.ToSingle(bytes, at);
    }

    [Fact]
    public void Fit_Rotation_IsOrthogonalAndLosesLessThanARandomOne()
    {
        // Vectors along few directions: signs along random axes tell them apart badly.
        var random = new Random(5);
        const int d = 32, n = 2000;
        var sample = new float[n * d];
        for (var row = 0; row < n; row++)
        {
            var v = Enumerable.Range(0, d).Select(i => (random.NextSingle() - 0.5f) * (i < 8 ? 4f : 0.2f)).ToArray();
            var norm = MathF.Sqrt(v.Sum(x => x * x));
            for (var i = 0; i < d; i++) sample[(row * d) + i] = v[i] / norm;
        }

        var fitted = SignRotation.Fit(sample, d, 1);
        for (var i = 0; i < d; i++)
        {
            for (var j = 0; j < d; j++)
                Assert.Equal(i == j ? 1 : 0, ExactDot.Product(fitted.Weights.Slice(i * d, d), fitted.Weights.Slice(j * d, d)), 1e-4f);
        }

        var unfitted = SignRotation.Fit(sample.AsSpan(0, d * d), d, 1); // so few samples leave the rotation as it begins
        Assert.True(Kept(fitted) > Kept(unfitted) * 1.02, $"{Kept(fitted)} against {Kept(unfitted)}");

        // Mean magnitude along the axes: the larger, the nearer are vectors to their signs.
        double Kept(CodeMap map)
        {
            double sum = 0;
            for (var row = 0; row < n; row++)
            {
                for (var i = 0; i < d; i++) sum += Math.Abs(ExactDot.Product(sample.AsSpan(row * d, d), map.Weights.Slice(i * d, d)));
            }

            return sum / n;
        }
    }

    [Fact]
    public void Open_WhatIsNoIndex_SaysSo()
    {
        using var folder = new TemporaryFolder();
        var (rows, _) = Vectors(100, 64, 0);
        Write(folder, rows, 4).Dispose();
        var path = folder.File("vectors.coded");
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^1]);
        Assert.Throws<InvalidDataException>(() => CodedIndex.Open(path));
        File.WriteAllBytes(path, [.. "STKC"u8, 7, 0, 0, 0, .. whole[8..]]);
        Assert.Contains("format version 7", Assert.Throws<InvalidDataException>(() => CodedIndex.Open(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "something else altogether, and long enough");
        Assert.Throws<InvalidDataException>(() => CodedIndex.Open(path));
    }

    private static CodedIndex Write(TemporaryFolder folder, float[][] rows, int lists, bool backwards = false, CodeMap? codes = null, bool reloaded = false)
    {
        var path = folder.File("vectors.coded");
        var quantizer = CodedQuantizer.Fit(rows.SelectMany(row => row).ToArray(), rows[0].Length, lists, codes, Stop);
        if (reloaded)
        {
            var saved = folder.File("fitted");
            quantizer.Save(saved);
            quantizer.Dispose();
            quantizer = CodedQuantizer.Load(saved);
            File.WriteAllBytes(saved, File.ReadAllBytes(saved)[..^1]);
            Assert.Throws<InvalidDataException>(() => CodedQuantizer.Load(saved));
            File.Delete(saved);
        }

        using (quantizer)
        using (var writer = CodedIndexWriter.Create(path, rows.Length, quantizer))
        {
            var order = Enumerable.Range(0, rows.Length).ToList();
            if (backwards) order.Reverse();
            foreach (var batch in order.Chunk(130))
            {
                foreach (var (row, list) in batch.Zip(quantizer.Assign(batch.SelectMany(row => rows[row]).ToArray(), 1, Stop))) writer.Assign(row, list);
            }

            Assert.Throws<InvalidOperationException>(writer.Complete);
            Assert.Throws<ArgumentException>(() => writer.Assign(0, 0));
            Assert.Throws<ArgumentException>(() => writer.Write(0, [], rows[0]));
            foreach (var row in order) writer.Write(row, quantizer.Codes.Encode(rows[row]), rows[row]);
            writer.Complete();
        }

        return CodedIndex.Open(path);
    }

    private static (float[][] Rows, float[][] Queries) Vectors(int n, int d, int queries)
    {
        var random = new Random(d);
        var centres = Enumerable.Range(0, Math.Max(1, n / 20)).Select(_ => Gaussian(1)).ToArray();
        return ([.. Enumerable.Range(0, n).Select(i => Near(i))], [.. Enumerable.Range(0, queries).Select(i => Near(i))]);

        float[] Near(int i)
        {
            var v = centres[i % centres.Length].Zip(Gaussian(0.6), (a, b) => a + b).ToArray();
            var norm = MathF.Sqrt(v.Sum(x => x * x));
            return [.. v.Select(x => x / norm)];
        }

        float[] Gaussian(double scale) => [.. Enumerable.Range(0, d).Select(_ => (float)(scale * Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble())))];
    }

    private static RowHit[] Brute(float[][] rows, float[] query, int k, Func<int, bool> allowed) =>
        [.. Enumerable.Range(0, rows.Length).Where(allowed).Select(row => new RowHit(row, ExactDot.Product(query, rows[row]))).OrderByDescending(hit => hit.Score).ThenBy(hit => hit.Row).Take(k)];
}
