namespace Faiss.Tests;

/// <summary>Files with a few changed bytes either load, and then every call ends in an answer or a typed error, or do not; the process lives.</summary>
public sealed class DamagedFileTests : IDisposable
{
    private const int N = 300;
    private const int D = 8;
    private static readonly Vectors Base = new(N, D, seed: 61);
    private readonly string _path = Path.Combine(Directory.Exists("/dev/shm") ? "/dev/shm" : Path.GetTempPath(), $"faiss-net-{Guid.NewGuid():N}"); // in memory: thousands of small writes

    public void Dispose() => File.Delete(_path);

    private static byte[] FileOf(string factory)
    {
        using var stream = new MemoryStream();
        if (factory.Contains('B', StringComparison.Ordinal))
        {
            using var binary = BinaryIndex.Create(64, factory);
            var bytes = System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(Base.Data).ToArray(); // 1,200 vectors of 64 bits
            binary.EnableReconstruct();
            if (!binary.IsTrained)
                binary.Train(bytes, threads: 1);
            binary.AddWithIds(bytes, [.. Enumerable.Range(0, bytes.Length / 8).Select(i => (long)i)], threads: 1);
            binary.Save(stream);
            return stream.ToArray();
        }

        using var index = FaissIndex.Create(D, factory, MetricType.L2);
        index.EnableReconstruct();
        if (!index.IsTrained)
            index.Train(Base.Data, threads: 1);
        index.AddWithIds(Base.Data, Base.Ids, threads: 1);
        index.Save(stream);
        return stream.ToArray();
    }

    private void Use(bool binary, bool map)
    {
        try
        {
            var parameters = new SearchParameters { NProbe = 4, EfSearch = 20 };
            if (binary)
            {
                using var loaded = map ? BinaryIndex.Map(_path) : BinaryIndex.Load(_path);
                var width = loaded.Dimension / 8;
                loaded.Search(new byte[3 * width], 5, new int[15], new long[15], parameters);
                loaded.TryReconstruct(7, new byte[width]);
                if (!loaded.IsReadOnly)
                    loaded.AddWithIds(new byte[width], [5], threads: 1);
                if (!loaded.IsReadOnly)
                    loaded.Remove([7], threads: 1);
                return;
            }

            using var index = map ? FaissIndex.Map(_path) : FaissIndex.Load(_path);
            var d = index.Dimension;
            var queries = new float[3 * d];
            Base.Data.AsSpan(0, Math.Min(queries.Length, Base.Data.Length)).CopyTo(queries);
            index.Search(queries, 5, new float[15], new long[15], parameters);
            index.TryReconstruct(Base.Ids[7], new float[d]);
            if (index.IsReadOnly)
                return;
            index.AddWithIds(queries.AsSpan(0, d), [5], threads: 1);
            index.Save(Stream.Null);
            index.Remove([Base.Ids[7]], threads: 1);
        }
        catch (FaissException e)
        {
            Assert.True(e.Error is not (FaissError.Unexpected or FaissError.OutOfMemory), e.Message); // memory asked for is a size that was trusted
        }
    }

    [Theory]
    [InlineData("IDMap2,Flat")]
    [InlineData("IDMap2,HNSW4")]
    [InlineData("IDMap2,HNSW4,SQ8")]
    [InlineData("IVF4,Flat")]
    [InlineData("IVF4_HNSW4,SQ8")]
    [InlineData("IVF4,PQ4x4np")]
    [InlineData("IDMap,PQ2x4np")]
    [InlineData("IDMap2,PCA4,SQ8,RFlat")]
    [InlineData("RR6,Pad12,L2norm,IVF4,SQfp16")]
    [InlineData("IDMap2,BFlat")]
    [InlineData("BIVF4")]
    [InlineData("IDMap2,BHNSW4")]
    public void Load_BytesChanged_AnswersOrThrows(string factory)
    {
        var good = FileOf(factory);
        var binary = factory.Contains('B', StringComparison.Ordinal);
        var random = new Random(factory.Length);
        // Every byte where the headers are, at both ends, then anywhere: one bit, or eight bytes of a size.
        var places = Enumerable.Range(0, Math.Min(200, good.Length)).Concat(Enumerable.Range(Math.Max(0, good.Length - 60), 60))
            .Concat(Enumerable.Range(0, 150).Select(_ => random.Next(good.Length)));
        var turn = 0;
        foreach (var place in places)
        {
            var bad = (byte[])good.Clone();
            switch (turn++ % 3)
            {
                case 0: bad[place] ^= (byte)(1 << random.Next(8)); break;
                case 1: bad[place] = (byte)random.Next(256); break;
                default: random.NextBytes(bad.AsSpan(place, Math.Min(random.Next(1, 9), bad.Length - place))); break;
            }

            File.WriteAllBytes(_path, bad);
            Use(binary, map: false);
            Use(binary, map: true);
        }

        using var process = System.Diagnostics.Process.GetCurrentProcess();
        Assert.True(process.PeakWorkingSet64 < 4L << 30, $"memory reached {process.PeakWorkingSet64 >> 20} MB: a size was trusted");
    }

    [Theory]
    [InlineData("IVF4,Flat")]
    [InlineData("IDMap2,HNSW4")]
    [InlineData("IVF4,PQ4x4np")]
    [InlineData("BIVF4")]
    public void Load_CutAnywhere_IsCorrupt(string factory)
    {
        var good = FileOf(factory);
        var binary = factory.Contains('B', StringComparison.Ordinal);
        for (var length = 0; length < good.Length; length += 1 + (good.Length / 200))
        {
            File.WriteAllBytes(_path, good[..length]);
            foreach (var map in new[] { false, true })
            {
                var e = Assert.Throws<FaissException>(() => Opened(binary, map));
                Assert.Equal(FaissError.Corrupt, e.Error);
            }
        }

        IDisposable Opened(bool bits, bool map) => bits ? map ? BinaryIndex.Map(_path) : BinaryIndex.Load(_path) : map ? FaissIndex.Map(_path) : FaissIndex.Load(_path);
    }
}
