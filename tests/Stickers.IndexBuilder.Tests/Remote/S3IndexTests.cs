using Stickers.Tests.Servers;

namespace Stickers.IndexBuilder.Tests.Remote;

/// <summary>On a real S3 server.</summary>
public sealed class S3IndexTests(RadosGateway server) : RemoteIndexTests, IClassFixture<RadosGateway>
{
    protected override async Task<string> RootAsync()
    {
        RadosGateway.Demand();
        Environment.SetEnvironmentVariable("AWS_ENDPOINT_URL_S3", server.Endpoint.AbsoluteUri);
        Environment.SetEnvironmentVariable("AWS_ACCESS_KEY_ID", RadosGateway.AccessKey);
        Environment.SetEnvironmentVariable("AWS_SECRET_ACCESS_KEY", RadosGateway.SecretKey);
        var bucket = $"index-{Guid.NewGuid():N}";
        await server.CreateBucketAsync(bucket, TestContext.Current.CancellationToken);
        return $"s3://{bucket}/stickers";
    }
}
