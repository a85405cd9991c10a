using System.Runtime.CompilerServices;
using Amazon.S3;
using Amazon.S3.Model;

namespace Stickers.Storage.S3;

/// <summary>
/// Objects in a bucket, of Amazon's S3 or of any server that speaks its protocol with conditional writes. The environment says how to reach
/// it: <c>AWS_ENDPOINT_URL_S3</c>, <c>AWS_REGION</c>, <c>AWS_ACCESS_KEY_ID</c>, <c>AWS_SECRET_ACCESS_KEY</c>, or what else the SDK knows.
/// </summary>
/// <remarks>
/// A commit is one PUT, or the completion of a multipart upload from 8 MiB on; conditions are <c>If-None-Match</c> and <c>If-Match</c> on that PUT.
/// A version is the entity tag: replacing an object by the same bytes does not change it. A server that ignores conditions is found out at the first.
/// </remarks>
public sealed class S3Store : RemoteStore
{
    private int _absentTested, _versionTested;

    internal S3Store(string root, S3Settings? settings = null, LocalCache? cache = null, RetryOptions? retries = null)
        : base(S3Address.Parse(root).Root, cache)
    {
        retries ??= new RetryOptions();
        Address = S3Address.Parse(root);
        Client = (settings ?? S3Settings.FromEnvironment()).Connect();
        Retrying = new Retrying(Root, retries, (key, fault) => S3Fault.Explain(Address, key, fault));
    }

    internal S3Address Address { get; }

    internal AmazonS3Client Client { get; }

    internal Retrying Retrying { get; }

    /// <summary>True once for each kind of condition: who gets it tests that the server looks at it.</summary>
    internal bool TakeUntested(WriteCondition condition) => Interlocked.Exchange(ref condition.Absent ? ref _absentTested : ref _versionTested, 1) == 0;

    /// <summary>An entity tag without its quotes: some servers take it only so in a condition.</summary>
    internal static string VersionOf(string etag) => etag.Trim('"');

    internal FileNotFoundException NoSuch(string key, Exception? cause = null) => Missing(key, cause);

    /// <inheritdoc/>
    protected override async Task<Stream> OpenAsync(string key, long offset, long length, CancellationToken cancellation) =>
        await S3ReadStream.OpenAsync(this, key, offset, length, cancellation);

    /// <inheritdoc/>
    protected override Task<StoreWriter> BeginAsync(string key, WriteCondition condition, CancellationToken cancellation) =>
        Task.FromResult<StoreWriter>(S3Writer.Create(this, key, condition));

    /// <inheritdoc/>
    protected override Task<StoredObject?> FindAsync(string key, CancellationToken cancellation) =>
        Retrying.RunAsync(key, async (_, stop) => await TryHeadAsync(key, stop) is { } head ? new StoredObject(key, head.ContentLength, VersionOf(head.ETag)) : null, cancellation);

    /// <inheritdoc/>
    protected override async IAsyncEnumerable<StoredObject> EnumerateAsync(string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        string? next = null;
        do
        {
            var request = new ListObjectsV2Request { BucketName = Address.Bucket, Prefix = Address.Inside(prefix), ContinuationToken = next };
            var page = await Retrying.RunAsync(prefix, (_, stop) => Client.ListObjectsV2Async(request, stop), cancellation);
            foreach (var found in page.S3Objects ?? [])
            {
                var key = found.Key[Address.Prefix.Length..];
                // Others may have put there what is none of ours, such as the empty "folders" of consoles.
                if (StoreKey.IsValid(key)) yield return new StoredObject(key, found.Size ?? 0, VersionOf(found.ETag));
            }

            next = page.IsTruncated == true ? page.NextContinuationToken : null;
        }
        while (next is not null);
    }

    /// <inheritdoc/>
    protected override Task RemoveAsync(string key, CancellationToken cancellation) =>
        Retrying.RunAsync(key, (_, stop) => Client.DeleteObjectAsync(Address.Bucket, Address.Inside(key), stop), cancellation);

    /// <inheritdoc/>
    private protected override Task<Stream> OpenVersionAsync(StoredObject item, CancellationToken cancellation) =>
        Task.FromResult<Stream>(new S3ReadStream(this, item, 0, item.Bytes));

    /// <summary>One request for what stands under a key; null when nothing does.</summary>
    internal async Task<GetObjectMetadataResponse?> TryHeadAsync(string key, CancellationToken cancellation)
    {
        try
        {
            return await Client.GetObjectMetadataAsync(Address.Bucket, Address.Inside(key), cancellation);
        }
        catch (AmazonS3Exception fault) when (S3Fault.IsMissing(fault))
        {
            return null;
        }
    }
}
