using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Running;

public sealed class LockstepTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData(0, 1, 1, 2, 1)]
    [InlineData(0, 3, 3, 2, 3)]
    [InlineData(0, 0, 4, 0, 4)]
    [InlineData(3, 1, 2, 0, 2)]
    [InlineData(4, 0, 3, 1, 3)]
    public async Task Sum_OfARound_AddsTheShardsOfAllWorkers(int ranks, int preprocess, int main, int postprocess, int workers)
    {
        if (ranks > 0)
        {
            JobProcess.RequireMpi();
            using var process = JobProcess.Start(_temporary.Store.Root, "rounds", ranks, preprocess, main, postprocess);
            var (code, _, error) = await process.EndAsync();
            Assert.True(code == 0, error);
        }
        else
        {
            var options = new RunOptions { Folder = "out", Preprocess = preprocess, Main = main, Postprocess = postprocess };
            await JobRunner.RunAsync(new RoundJob(), _temporary.Store, options, cancellation: Token).WaitAsync(TimeSpan.FromMinutes(1), Token);
        }

        for (var shard = 0; shard < 12; shard++)
        {
            var first = shard / workers * workers;
            var sum = Enumerable.Range(first, workers).Sum(index => 1 << index);
            Assert.Equal(
                Enumerable.Range(0, 3).Select(i => $"{(float)(sum + (i * 100_000 * workers))}"),
                await File.ReadAllLinesAsync(_temporary.Store.PathOf($"out/part-{shard:D5}.txt"), Token));
        }
    }

    [Fact]
    public async Task RunAsync_OfShardsThatCannotBeSharedEvenly_IsRefused()
    {
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => JobRunner.RunAsync(new RoundJob(), _temporary.Store, new RunOptions { Folder = "out", Main = 5 }, cancellation: Token));
        Assert.Contains("12 shards cannot be shared evenly among 5 workers", failure.Message, StringComparison.Ordinal);
    }
}
