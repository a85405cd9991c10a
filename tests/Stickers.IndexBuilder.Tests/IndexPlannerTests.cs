namespace Stickers.IndexBuilder.Tests;

public sealed class IndexPlannerTests
{
    private const long Gibibyte = 1L << 30;

    [Theory]
    [InlineData(1, 128, 16, 10, 0.95, "Exact", 0)]
    [InlineData(8_121, 128, 16, 10, 0.95, "Exact", 0)]
    [InlineData(1_000_000, 128, 16, 10, 0.95, "Exact", 0)]
    [InlineData(1_102_941, 128, 16, 10, 0.95, "Exact", 0)] // just 10 ms at 15 GB/s
    [InlineData(1_102_942, 128, 16, 10, 0.95, "IDMap2,IVF4096,SQ8,RFlat", 262_144)]
    [InlineData(200_000, 128, 16, 1, 0.95, "IDMap2,IVF1024,SQ8,RFlat", 65_536)] // a quicker answer is wanted
    [InlineData(4_000_000, 128, 16, 100, 0.95, "Exact", 0)] // a slower one is allowed
    [InlineData(40_000, 4096, 16, 1, 0.95, "Exact", 0)] // few vectors never make lists, however long they are
    [InlineData(10_000_000, 128, 16, 10, 0.95, "IDMap2,IVF8192,SQ8,RFlat", 524_288)]
    [InlineData(10_000_000, 128, 6, 10, 0.95, "IVF8192,Flat", 524_288)] // no place for 8 bits beside
    [InlineData(10_000_000, 128, 4, 10, 0.95, "IVF8192,SQ8", 524_288)] // whole vectors would take 4.96 GiB
    [InlineData(30_000_000, 128, 16, 10, 0.95, "IVF16384,Flat", 1_048_576)]
    [InlineData(40_000_000, 128, 16, 10, 0.95, "IVF16384,SQ8", 1_048_576)]
    [InlineData(400_000_000, 128, 64, 10, 0.95, "IVF65536,SQ8", 4_194_304)]
    [InlineData(400_000_000, 128, 16, 10, 0.95, "Coded65536", 4_194_304)] // 400 million in 12 GiB
    [InlineData(10_000_000, 128, 4, 10, 0.99, "Coded8192", 524_288)] // 8 bits do not find 99 %
    public void Plan_Request_ChoosesFactory(long n, int d, long gibibytes, double milliseconds, double floor, string factory, int training)
    {
        var request = new IndexRequest(n, d) { MemoryBytes = gibibytes * Gibibyte, Milliseconds = milliseconds, RecallFloor = floor };
        var plan = IndexPlanner.Plan(request);
        Assert.Equal((factory, training), (plan.Factory, plan.TrainingVectors));
        Assert.Equal(plan with { }, IndexPlanner.Plan(request) with { NProbe = plan.NProbe });
        Assert.NotEmpty(plan.Reason);
        Assert.Equal(plan.NProbe.Count > 0, factory != "Exact");
        Assert.Equal(plan.NProbe.Order(), plan.NProbe);
        Assert.True(training <= n);
        Assert.InRange(plan.EstimatedBytes, n * d / 8, request.MemoryBytes);
        Assert.True(plan.EstimatedMilliseconds <= milliseconds || plan.NProbe is [_] || n < 50_000, $"{plan.EstimatedMilliseconds} ms");
    }

    [Fact]
    public void Plan_MoreTime_VisitsMoreLists()
    {
        var quick = IndexPlanner.Plan(new IndexRequest(10_000_000, 128) { Milliseconds = 3 });
        var slow = IndexPlanner.Plan(new IndexRequest(10_000_000, 128) { Milliseconds = 30 });
        Assert.True(slow.NProbe[^1] > quick.NProbe[^1], $"{slow.NProbe[^1]} > {quick.NProbe[^1]}");
    }

    [Theory]
    [InlineData(400_000_000, 128, 8, 0.95, "even as binary codes")]
    public void Plan_Impossible_SaysWhatItWouldTake(long n, int d, long gibibytes, double floor, string expected)
    {
        var e = Assert.Throws<InvalidOperationException>(() => IndexPlanner.Plan(new IndexRequest(n, d) { MemoryBytes = gibibytes * Gibibyte, RecallFloor = floor }));
        Assert.Contains(expected, e.Message, StringComparison.Ordinal);
        Assert.Contains("Give the index more memory", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, 128, 10, 0.9)]
    [InlineData(-1, 128, 10, 0.9)]
    [InlineData(1_000_000_001, 128, 10, 0.9)]
    [InlineData(10, 0, 10, 0.9)]
    [InlineData(10, 4097, 10, 0.9)]
    [InlineData(10, 128, 0, 0.9)]
    [InlineData(10, 128, double.NaN, 0.9)]
    [InlineData(10, 128, 10, 1.1)]
    [InlineData(10, 128, 10, double.NaN)]
    public void Plan_OutsideItsLimits_Throws(long n, int d, double milliseconds, double floor) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => IndexPlanner.Plan(new IndexRequest(n, d) { Milliseconds = milliseconds, RecallFloor = floor }));

    [Theory]
    [InlineData(1000, 100)]
    [InlineData(50, 100)]
    [InlineData(100, 100)]
    [InlineData(10, 0)]
    public void Draw_Positions_AreDistinctInRangeAndSeeded(long n, int count)
    {
        var drawn = VectorSurvey.Draw(n, count, seed: 7);
        Assert.Equal(Math.Min(n, count), drawn.Count);
        Assert.All(drawn, p => Assert.InRange(p, 0, n - 1));
        Assert.Equal(drawn.Order(), VectorSurvey.Draw(n, count, seed: 7).Order());
    }

    [Fact]
    public void Plan_FastFaiss_VisitsMoreListsInTheSameTime()
    {
        var request = new IndexRequest(40_000_000, 128) { MemoryBytes = 16 * Gibibyte, Milliseconds = 10 };
        var (generic, fast) = (IndexPlanner.Plan(request), IndexPlanner.Plan(request with { FaissVariant = "avx512" }));
        Assert.Equal(generic.Factory, fast.Factory);
        Assert.True(fast.NProbe[^1] > generic.NProbe[^1], $"{fast.NProbe[^1]} lists by the fast build, {generic.NProbe[^1]} by the generic one");
        Assert.Contains("generic build of Faiss", generic.Reason, StringComparison.Ordinal);
        Assert.Contains("avx512 build of Faiss", fast.Reason, StringComparison.Ordinal);
    }
}
