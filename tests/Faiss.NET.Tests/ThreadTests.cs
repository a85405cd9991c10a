namespace Faiss.Tests;

public sealed class ThreadTests
{
    private static readonly Vectors Base = new(3000, 16, seed: 5);
    private static readonly Vectors Queries = new(64, 16, seed: 6);

    private static FaissIndex Built(string factory)
    {
        var index = FaissIndex.Create(Base.D, factory, MetricType.InnerProduct);
        if (!index.IsTrained)
            index.Train(Base.Data, threads: 1);
        index.AddWithIds(Base.Data, Base.Ids, threads: 1);
        return index;
    }

    private static long[] Search(FaissIndex index, int query, SearchParameters parameters)
    {
        var ids = new long[10];
        index.Search(Queries.Row(query), 10, new float[10], ids, parameters);
        return ids;
    }

    [Theory]
    [InlineData("IDMap2,Flat")]
    [InlineData("IDMap2,HNSW16")]
    [InlineData("IVF32,Flat")]
    public async Task Search_ManyThreadsWithTheirOwnSettings_AnswerAsAlone(string factory)
    {
        using var index = Built(factory);
        SearchParameters[] settings = [new() { NProbe = 1, EfSearch = 10 }, new() { NProbe = 8, EfSearch = 64 }, new() { NProbe = 32, EfSearch = 256 }];
        var alone = settings.Select(s => Enumerable.Range(0, Queries.N).Select(q => Search(index, q, s)).ToArray()).ToArray();
        var workers = Enumerable.Range(0, 8).Select(w => Task.Run(() =>
        {
            for (var round = 0; round < 3; round++)
            {
                for (var q = 0; q < Queries.N; q++)
                {
                    var s = (w + q + round) % settings.Length;
                    Assert.Equal(alone[s][q], Search(index, q, settings[s]));
                }
            }
        }, TestContext.Current.CancellationToken));
        await Task.WhenAll(workers);
    }

    [Fact]
    public void Search_TwoOpenMpThreads_AnswersAsOne()
    {
        using var index = Built("IVF32,Flat");
        var one = Base.Recall(index, Queries, 10, new SearchParameters { NProbe = 4 });
        Assert.Equal(one, Base.Recall(index, Queries, 10, new SearchParameters { NProbe = 4, Threads = 2 }));
    }

    [Fact]
    public async Task Errors_FromManyThreads_KeepTheirOwnText()
    {
        var workers = Enumerable.Range(0, 8).Select(w => Task.Run(() =>
        {
            for (var i = 0; i < 100; i++)
            {
                var factory = $"Nonsense{w}x{i}";
                var e = Assert.Throws<FaissException>(() => FaissIndex.Create(4, factory, MetricType.L2));
                Assert.Contains(factory, e.Message, StringComparison.Ordinal);
            }
        }, TestContext.Current.CancellationToken));
        await Task.WhenAll(workers);
    }

    [Fact]
    public async Task Dispose_DuringSearches_LetsThemFinish()
    {
        for (var round = 0; round < 5; round++)
        {
            var index = Built("IDMap2,Flat");
            using var started = new CountdownEvent(4);
            var workers = Enumerable.Range(0, 4).Select(_ => Task.Factory.StartNew(() =>
            {
                var answered = 0;
                started.Signal();
                try
                {
                    while (true)
                    {
                        Search(index, answered++ % Queries.N, new SearchParameters());
                    }
                }
                catch (ObjectDisposedException)
                {
                    return answered;
                }
            }, TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default)).ToArray();
            started.Wait(TestContext.Current.CancellationToken);
            index.Dispose();
            await Task.WhenAll(workers);
        }
    }

    [Fact]
    public void Create_ManyTimesUndisposed_FinalizerFreesThem()
    {
        var block = new float[2 << 20];
        var before = ResidentMegabytes();
        for (var i = 0; i < 100; i++) // 100 x 8 MB would be 800 MB
        {
            var index = FaissIndex.Create(1024, "Flat", MetricType.L2);
            index.Add(block, threads: 1);
            if (i % 20 == 19)
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
            }
        }

        var grown = ResidentMegabytes() - before;
        Assert.True(grown < 400, $"memory grew by {grown} MB");
    }

    private static long ResidentMegabytes()
    {
        using var process = System.Diagnostics.Process.GetCurrentProcess();
        return process.WorkingSet64 >> 20;
    }
}
