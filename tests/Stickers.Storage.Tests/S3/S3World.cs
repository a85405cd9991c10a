using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Stickers.Storage.S3;
using Stickers.Tests.Servers;

namespace Stickers.Storage.Tests.S3;

/// <summary>A bucket of its own on the server, and stores in it.</summary>
internal sealed class S3World : IDisposable
{
    private const string Prefix = "some/prefix";

    private readonly RadosGateway _server;
    private readonly string _cache = Directory.CreateTempSubdirectory("stickers-s3-").FullName;

    private S3World(RadosGateway server, string bucket) => (_server, Bucket) = (server, bucket);

    public string Bucket { get; }

    public string Root => $"s3://{Bucket}/{Prefix}";

    public LocalCache Cache => new(_cache, 1L << 30);

    public static async Task<S3World> CreateAsync(RadosGateway server)
    {
        RadosGateway.Demand();
        var world = new S3World(server, $"test-{Guid.NewGuid():N}");
        await server.CreateBucketAsync(world.Bucket, TestContext.Current.CancellationToken);
        return world;
    }

    public S3Store Open(RetryOptions? retries = null, Uri? endpoint = null, string secret = RadosGateway.SecretKey) => new(Root, Settings(endpoint, secret), Cache, retries);

    /// <summary>The SDK itself, to look behind the store's back.</summary>
    public AmazonS3Client Client() => Settings(null, RadosGateway.SecretKey).Connect();

    public async Task<List<MultipartUpload>> UploadsAsync()
    {
        using var client = Client();
        return (await client.ListMultipartUploadsAsync(new ListMultipartUploadsRequest { BucketName = Bucket }, TestContext.Current.CancellationToken)).MultipartUploads ?? [];
    }

    public async Task<List<PartDetail>> PartsAsync(MultipartUpload upload)
    {
        using var client = Client();
        return (await client.ListPartsAsync(new ListPartsRequest { BucketName = Bucket, Key = upload.Key, UploadId = upload.UploadId }, TestContext.Current.CancellationToken)).Parts ?? [];
    }

    public void Dispose() => Directory.Delete(_cache, recursive: true);

    private S3Settings Settings(Uri? endpoint, string secret) =>
        new() { Endpoint = endpoint ?? _server.Endpoint, Credentials = new BasicAWSCredentials(RadosGateway.AccessKey, secret) };
}
