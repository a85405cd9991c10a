namespace Stickers.IndexBuilder.Tests;

public sealed class IndexPlannerTests
{
    [Theory]
    [InlineData(1, 128, "IDMap2,Flat", 0)]
    [InlineData(8_121, 128, "IDMap2,Flat", 0)]
    [InlineData(262_144, 128, "IDMap2,Flat", 0)] // exactly 128 MiB
    [InlineData(262_145, 128, "IVF2048,Flat", 131_072)]
    [InlineData(1_000_000, 128, "IVF2048,Flat", 131_072)]
    [InlineData(1_000_000, 32, "IDMap2,Flat", 0)]
    [InlineData(40_000, 4096, "IDMap2,Flat", 0)] // few vectors never make lists, however long they are
    [InlineData(50_000, 1024, "IVF512,Flat", 32_768)]
    [InlineData(33_554_432, 128, "IVF16384,Flat", 1_048_576)] // exactly 16 GiB
    [InlineData(33_554_433, 128, "IVF16384,SQ8", 1_048_576)]
    [InlineData(400_000_000, 128, "IVF65536,SQ8", 4_194_304)]
    [InlineData(1_000_000_000, 4096, "IVF65536,SQ8", 4_194_304)]
    public void Plan_Size_ChoosesFactory(long n, int d, string factory, int training)
    {
        var plan = IndexPlanner.Plan(n, d);
        Assert.Equal((factory, training), (plan.Factory, plan.TrainingVectors));
        Assert.NotEmpty(plan.Reason);
        Assert.Equal(plan.NProbe.Count > 0, factory.StartsWith("IVF", StringComparison.Ordinal));
        Assert.Equal(plan.NProbe.Order(), plan.NProbe);
        Assert.True(training <= n);
    }

    [Theory]
    [InlineData(0, 128)]
    [InlineData(-1, 128)]
    [InlineData(1_000_000_001, 128)]
    [InlineData(10, 0)]
    [InlineData(10, 4097)]
    public void Plan_OutsideItsLimits_Throws(long n, int d) => Assert.Throws<ArgumentOutOfRangeException>(() => IndexPlanner.Plan(n, d));

    [Theory]
    [InlineData(1000, 100)]
    [InlineData(50, 100)]
    [InlineData(100, 100)]
    [InlineData(10, 0)]
    public void Draw_Positions_AreDistinctInRangeAndSeeded(long n, int count)
    {
        var drawn = VectorSample.Draw(n, count, seed: 7);
        Assert.Equal(Math.Min(n, count), drawn.Count);
        Assert.All(drawn, p => Assert.InRange(p, 0, n - 1));
        Assert.Equal(drawn.Order(), VectorSample.Draw(n, count, seed: 7).Order());
    }
}
