using Stickers.Cli.Tests;
using Stickers.Tests.Servers;

namespace Stickers.EndToEnd.Tests;

/// <summary>Commands with everything in a bucket of a real S3 server.</summary>
public sealed class S3JourneyTests(RadosGateway server) : IClassFixture<RadosGateway>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private string Cache => Path.Combine(_folder.Path, "cache");

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Commands_FromFilesToLookupsOnS3_KeepEveryCount()
    {
        await Journey.TakeAsync(await InBucketAsync("journey"), Path.Combine(_folder.Path, "drawings"));

        // What works on local disk gives its room back.
        Assert.All(Directory.GetFiles(Path.Combine(Cache, "work"), "*", SearchOption.AllDirectories), file => Assert.EndsWith(".lock", file, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Import_ServerAwayForTenSeconds_CompletesWithTheBytesOfALocalOne()
    {
        var stop = TestContext.Current.CancellationToken;
        var drawings = Path.Combine(_folder.Path, "drawings");
        DrawnStickers.Write(drawings);
        string[] import = ["import", drawings, "--name", "drawn"];
        var onDisk = await new CommandRunner(Path.Combine(_folder.Path, "root")).JsonAsync(import);
        var onS3 = await InBucketAsync("away");

        await server.KillAsync();
        var running = onS3.JsonAsync(import);
        await Task.Delay(TimeSpan.FromSeconds(10), stop);
        Assert.False(running.IsCompleted, "The import has not waited for the server.");
        await server.StartAsync();

        Assert.Equal(onDisk.GetRawText(), (await running).GetRawText());
    }

    private async Task<CommandRunner> InBucketAsync(string bucket)
    {
        RadosGateway.Demand();
        await server.CreateBucketAsync(bucket, TestContext.Current.CancellationToken);
        var environment = new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL_S3"] = server.Endpoint.AbsoluteUri,
            ["AWS_ACCESS_KEY_ID"] = RadosGateway.AccessKey,
            ["AWS_SECRET_ACCESS_KEY"] = RadosGateway.SecretKey,
            ["STICKERS_CACHE"] = Cache,
        };
        return new CommandRunner($"s3://{bucket}/stickers", environment);
    }
}
