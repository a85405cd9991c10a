namespace Faiss.Tests;

public sealed class FileTests : IDisposable
{
    private static readonly Vectors Base = new(2000, 16, seed: 3);
    private static readonly Vectors Queries = new(20, 16, seed: 4);
    private readonly string _folder = Directory.CreateTempSubdirectory("faiss-net-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static FaissIndex Built(string factory, int threads = 1)
    {
        var index = FaissIndex.Create(Base.D, factory, MetricType.InnerProduct);
        index.EnableReconstruct();
        if (!index.IsTrained)
            index.Train(Base.Data, threads);
        index.AddWithIds(Base.Data, Base.Ids, threads);
        return index;
    }

    private sealed class FailingStream(int after) : MemoryStream
    {
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (Length + buffer.Length > after)
                throw new TimeoutException("The far side is gone.");
            base.Write(buffer);
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(50_000)]
    public void Save_StreamThatFails_ThrowsWhatTheStreamThrew(int after)
    {
        var vectors = new Vectors(20_000, 32, seed: 8); // more than one buffer
        using var index = FaissIndex.Create(32, "Flat", MetricType.L2);
        index.Add(vectors.Data, threads: 1);
        using var stream = new FailingStream(after);
        Assert.Contains("far side", Assert.Throws<TimeoutException>(() => index.Save(stream)).Message, StringComparison.Ordinal);
        Assert.Equal(20_000, index.Count);
    }

    [Fact]
    public void Map_InvertedLists_AreNotRead()
    {
        var path = Path.Combine(_folder, "large.faiss");
        var vectors = new Vectors(100_000, 64, seed: 9);
        using (var index = FaissIndex.Create(64, "IVF16,Flat", MetricType.L2))
        {
            index.Train(vectors.Data.AsSpan(0, 2000 * 64), threads: 1);
            index.Add(vectors.Data, threads: 1);
            index.Save(path);
        }

        static long AnonymousKilobytes() => long.Parse(
            File.ReadLines("/proc/self/status").First(line => line.StartsWith("RssAnon", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            System.Globalization.CultureInfo.InvariantCulture);
        var before = AnonymousKilobytes();
        using var mapped = FaissIndex.Map(path);
        var ids = new long[1];
        mapped.Search(vectors.Row(77), 1, new float[1], ids, new SearchParameters { NProbe = 16 });
        Assert.Equal(77, ids[0]);
        var grown = AnonymousKilobytes() - before;
        Assert.True(grown < 8 << 10, $"{grown} KB of memory for a file of {new FileInfo(path).Length >> 10} KB"); // 25 MB if it were read
    }

    [Theory]
    [InlineData("IVF32,Flat")]
    [InlineData("PCA8,IVF32,SQ8")]
    public void Map_AnyChange_IsUnsupported(string factory)
    {
        var path = Path.Combine(_folder, "mapped.faiss");
        using (var index = Built(factory))
            index.Save(path);
        using var mapped = FaissIndex.Map(path);
        Assert.True(mapped.IsReadOnly);
        foreach (var change in new Action[]
        {
            () => mapped.AddWithIds(Base.Data, Base.Ids), () => mapped.Add(Base.Data), () => mapped.Train(Base.Data), () => mapped.Remove([1]),
            () => mapped.Save(path), () => mapped.Save(new MemoryStream()), () => mapped.Merge(mapped),
        })
        {
            Assert.Equal(FaissError.Unsupported, Assert.Throws<FaissException>(change).Error);
        }

        Assert.Equal(Base.N, mapped.Count);
        using var whole = FaissIndex.Load(path);
        Assert.False(whole.IsReadOnly);
    }

    [Fact]
    public void Load_NoRegularFile_ThrowsIo()
    {
        Assert.SkipUnless(File.Exists("/dev/zero"), "This system has no /dev/zero.");
        Assert.Equal(FaissError.Io, Assert.Throws<FaissException>(() => FaissIndex.Load("/dev/zero")).Error);
    }

    [Fact]
    public void Load_BytesBehindTheIndex_Throws()
    {
        var path = Path.Combine(_folder, "long.faiss");
        using (var index = Built("IDMap2,Flat"))
            index.Save(path);
        File.AppendAllText(path, "x");
        Assert.Equal(FaissError.Corrupt, Assert.Throws<FaissException>(() => FaissIndex.Load(path)).Error);
    }

    private static (float[] Distances, long[] Ids) Results(FaissIndex index)
    {
        var distances = new float[Queries.N * 10];
        var ids = new long[Queries.N * 10];
        index.Search(Queries.Data, 10, distances, ids, new SearchParameters { NProbe = 8, EfSearch = 64 });
        return (distances, ids);
    }

    [Theory]
    [InlineData("IDMap2,Flat")]
    [InlineData("IDMap2,HNSW16")]
    [InlineData("IVF32,Flat")]
    [InlineData("IVF32,SQ8")]
    [InlineData("PCA8,IVF32,Flat")]
    [InlineData("IDMap2,PCA8,SQ8,RFlat")]
    [InlineData("IDMap2,HNSW16,SQ8")]
    [InlineData("IDMap2,HNSW16,PQ4np")]
    [InlineData("IDMap2,SQ6")]
    [InlineData("IDMap2,PQ4np")]
    [InlineData("IVF32_HNSW8,PQ4x4np")]
    [InlineData("IDMap2,IVF32,SQfp16,Refine(SQ8)")]
    [InlineData("OPQ4_8,IVF8,PQ4x4np")]
    [InlineData("RR12,L2norm,Pad20,IVF8,SQ4")]
    public void Load_SavedIndex_AnswersTheSame(string factory)
    {
        using var built = Built(factory);
        var path = Path.Combine(_folder, "naïve ファイル.faiss");
        built.Save(path);
        using var loaded = FaissIndex.Load(path);
        Assert.Equal((built.Dimension, built.Metric, built.Count, built.IsTrained), (loaded.Dimension, loaded.Metric, loaded.Count, loaded.IsTrained));
        var (a, b) = (Results(built), Results(loaded));
        Assert.Equal(a.Ids, b.Ids);
        Assert.Equal(a.Distances, b.Distances);
        var (x, y) = (new float[Base.D], new float[Base.D]);
        built.Reconstruct(Base.Ids[7], x);
        loaded.Reconstruct(Base.Ids[7], y);
        Assert.Equal(x, y);
        using (var stream = new MemoryStream())
        {
            stream.WriteByte(1); // an index need not begin where the stream does
            built.Save(stream);
            Assert.Equal(File.ReadAllBytes(path), stream.ToArray()[1..]);
            stream.Position = 1;
            using var streamed = FaissIndex.Load(stream);
            Assert.Equal(a.Ids, Results(streamed).Ids);
        }

        using (var mapped = FaissIndex.Map(path))
            Assert.Equal(a.Ids, Results(mapped).Ids);
        var again = Path.Combine(_folder, "again.faiss");
        loaded.Save(again);
        if (!factory.Contains("IVF", StringComparison.Ordinal)) // IVF's table of ids changes its order
            Assert.Equal(File.ReadAllBytes(path), File.ReadAllBytes(again)); // the efSearch ceiling does not leak into files
    }

    [Theory]
    [InlineData("IDMap2,Flat", 2)]
    [InlineData("IVF32,Flat", 2)]
    [InlineData("IDMap2,HNSW16", 1)]
    public void Save_SameVectorsTwice_SameBytes(string factory, int threads)
    {
        var (a, b) = (Path.Combine(_folder, "a"), Path.Combine(_folder, "b"));
        using (var one = Built(factory))
            one.Save(a);
        using (var two = Built(factory, threads))
            two.Save(b);
        Assert.Equal(File.ReadAllBytes(a), File.ReadAllBytes(b));
    }

    [Fact]
    public void Save_ManyVectorsByAnyNumberOfThreads_SameBytes()
    {
        // Large enough for the paths through OpenBLAS, which small batches do not take.
        var many = new Vectors(20_000, 32, seed: 8);
        var files = new[] { 1, 2, 3 }.Select(threads =>
        {
            using var index = FaissIndex.Create(32, "IVF256,Flat", MetricType.InnerProduct);
            index.EnableReconstruct();
            index.Train(many.Data, threads);
            index.AddWithIds(many.Data, many.Ids, threads);
            var path = Path.Combine(_folder, $"{threads}.faiss");
            index.Save(path);
            return File.ReadAllBytes(path);
        }).ToArray();
        Assert.Equal(files[0], files[1]);
        Assert.Equal(files[0], files[2]);
    }

    [Fact]
    public void Load_Missing_ThrowsFileNotFound() =>
        Assert.Throws<FileNotFoundException>(() => FaissIndex.Load(Path.Combine(_folder, "none.faiss")));

    [Theory]
    [InlineData("IDMap2,Flat")]
    [InlineData("IDMap2,HNSW16")]
    [InlineData("IVF32,Flat")]
    public void Load_Truncated_Throws(string factory)
    {
        var path = Path.Combine(_folder, "cut.faiss");
        using (var index = Built(factory))
            index.Save(path);
        var bytes = File.ReadAllBytes(path);
        foreach (var length in new[] { 0, 3, 4, 20, 60, bytes.Length / 2, bytes.Length - 1 })
        {
            File.WriteAllBytes(path, bytes[..length]);
            Assert.Equal(FaissError.Corrupt, Assert.Throws<FaissException>(() => FaissIndex.Load(path)).Error);
        }
    }

    [Fact]
    public void Load_NotAnIndex_Throws()
    {
        var path = Path.Combine(_folder, "text.faiss");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("This is no index. ", 100)));
        Assert.Equal(FaissError.Corrupt, Assert.Throws<FaissException>(() => FaissIndex.Load(path)).Error);
    }

    [Fact]
    public void Save_FolderMissing_ThrowsIo()
    {
        using var index = Built("IDMap2,Flat");
        var e = Assert.Throws<FaissException>(() => index.Save(Path.Combine(_folder, "no", "such", "folder")));
        Assert.Equal(FaissError.Io, e.Error);
        Assert.Contains("No such file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Save_DiskFull_Throws()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "This system has no /dev/full.");
        using var index = FaissIndex.Create(2, "IDMap2,Flat", MetricType.L2); // small enough to fail only when the file is closed
        Assert.Throws<FaissException>(() => index.Save("/dev/full"));
        using var large = Built("IDMap2,Flat");
        Assert.Throws<FaissException>(() => large.Save("/dev/full"));
    }
}
