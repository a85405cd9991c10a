using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;

namespace Stickers.Storage.S3;

/// <summary>
/// Writes an object by one PUT, or by a multipart upload when it is larger than a part; nothing is visible before the PUT or the completion.
/// What is written carries a number of its writer, so that after a broken connection it can be told whether an attempt had succeeded unseen.
/// </summary>
internal sealed class S3Writer : StoreWriter
{
    private const int SmallPart = 8 << 20;
    private const string WriterHeader = "writer";

    private static readonly TimeSpan AbortPatience = TimeSpan.FromSeconds(10);

    private readonly S3Store _store;
    private readonly PartStream _parts;
    private readonly string _writer = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private readonly SortedDictionary<int, string> _etags = [];
    private readonly SemaphoreSlim _begun = new(1);
    private string? _upload;

    private S3Writer(S3Store store, string key, WriteCondition condition, PartStream parts)
        : base(store.Root, key, condition, parts) => (_store, _parts) = (store, parts);

    internal static S3Writer Create(S3Store store, string key, WriteCondition condition)
    {
        S3Writer? writer = null;
        var parts = new PartStream(
            condition == WriteCondition.None ? PartBytes : _ => ObjectStore.MaxConditionalBytes,
            (number, content, stop) => writer!.UploadAsync(number, content, stop));
        writer = new S3Writer(store, key, condition, parts);
        return writer;
    }

    /// <summary>
    /// Size of a part by its number, from 1 on: 8 MiB, doubled after every thousand parts up to 128 MiB. So 10,000 parts, S3's limit, hold 0.8 TiB,
    /// and only who writes very much needs more memory.
    /// </summary>
    internal static int PartBytes(int number) => SmallPart << Math.Min((number - 1) / 1000, 4);

    protected override async Task PublishAsync(CancellationToken cancellation)
    {
        if (_parts.HandedOver == 0)
        {
            await PutAsync(cancellation);
            return;
        }

        await _parts.FinishAsync(cancellation);
        await CompleteAsync(cancellation);
    }

    protected override async ValueTask ReleaseAsync(bool committed)
    {
        await _parts.StopAsync();
        _begun.Dispose();
        if (committed || _upload is null) return;
        try
        {
            // Waiting long for a server that is away helps no one: the bucket's lifecycle rule removes what is left.
            using var limit = new CancellationTokenSource(AbortPatience);
            await _store.Retrying.RunAsync(Key, (_, stop) => _store.Client.AbortMultipartUploadAsync(Bucket, InsideKey, _upload, stop), limit.Token);
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException)
        {
            // The upload stays invisible, only its parts take room.
        }
    }

    private string Bucket => _store.Address.Bucket;

    private string InsideKey => _store.Address.Inside(Key);

    private async Task PutAsync(CancellationToken cancellation)
    {
        var version = await _store.Retrying.RunAsync(Key, TryPutAsync, cancellation);
        if (version is null) throw new StoreConflictException(_store.Root, Key, Condition.Version, (await _store.StatAsync(Key, cancellation))?.Version);
        if (Condition == WriteCondition.None || version == Condition.Version || !_store.TakeUntested(Condition)) return;

        // Some servers take the header and do not look at it. A condition that no longer holds must be refused; the bytes are the same anyway.
        if (await _store.Retrying.RunAsync(Key, (_, stop) => TryPutAsync(attempt: 1, stop), cancellation) is not null)
            throw new StoreException(_store.Root, Key, "the server ignores the conditions of a write (If-None-Match, If-Match), so that writers could undo each other's work. Use a server that knows them.", isTransient: false);
    }

    /// <summary>The version written, or null when the condition does not hold.</summary>
    private async Task<string?> TryPutAsync(int attempt, CancellationToken cancellation)
    {
        var content = _parts.Collected;
        using var body = new MemoryStream(content.Array!, content.Offset, content.Count, writable: false);
        var request = new PutObjectRequest { BucketName = Bucket, Key = InsideKey, InputStream = body, AutoCloseStream = false, UseChunkEncoding = false };
        request.Metadata[WriterHeader] = _writer;
        if (Condition.Absent) request.IfNoneMatch = "*";
        if (Condition.Version is { } version) request.IfMatch = version;
        try
        {
            return S3Store.VersionOf((await _store.Client.PutObjectAsync(request, cancellation)).ETag);
        }
        catch (AmazonS3Exception fault) when (S3Fault.IsRefusedCondition(fault) || (Condition.Version is not null && S3Fault.IsMissing(fault)))
        {
            // What stands in the way of a second attempt may be what the first one wrote.
            return attempt > 1 && await _store.TryHeadAsync(Key, cancellation) is { } head && head.Metadata[WriterHeader] == _writer ? S3Store.VersionOf(head.ETag) : null;
        }
    }

    private async Task UploadAsync(int number, ArraySegment<byte> content, CancellationToken cancellation)
    {
        var upload = await BeginAsync(cancellation);
        var answer = await _store.Retrying.RunAsync(
            Key,
            async (_, stop) =>
            {
                using var body = new MemoryStream(content.Array!, content.Offset, content.Count, writable: false);
                return await _store.Client.UploadPartAsync(
                    new UploadPartRequest { BucketName = Bucket, Key = InsideKey, UploadId = upload, PartNumber = number, InputStream = body, PartSize = content.Count, UseChunkEncoding = false }, stop);
            },
            cancellation);
        lock (_etags) _etags[number] = answer.ETag;
    }

    private async Task<string> BeginAsync(CancellationToken cancellation)
    {
        await _begun.WaitAsync(cancellation);
        try
        {
            if (_upload is not null) return _upload;
            var request = new InitiateMultipartUploadRequest { BucketName = Bucket, Key = InsideKey };
            request.Metadata[WriterHeader] = _writer;
            // Not stopped at once: an upload that the server has begun must be known here, or it could not be aborted.
            using var patience = new CancellationTokenSource();
            await using var stopping = cancellation.Register(() => patience.CancelAfter(AbortPatience));
            _upload = (await _store.Retrying.RunAsync(Key, (_, stop) => _store.Client.InitiateMultipartUploadAsync(request, stop), patience.Token)).UploadId;
            return _upload;
        }
        finally
        {
            _begun.Release();
        }
    }

    private Task CompleteAsync(CancellationToken cancellation) => _store.Retrying.RunAsync(
        Key,
        async (attempt, stop) =>
        {
            var request = new CompleteMultipartUploadRequest { BucketName = Bucket, Key = InsideKey, UploadId = _upload, PartETags = [.. _etags.Select(part => new PartETag(part.Key, part.Value))] };
            try
            {
                await _store.Client.CompleteMultipartUploadAsync(request, stop);
            }
            catch (AmazonS3Exception fault) when (attempt > 1 && S3Fault.IsMissing(fault))
            {
                // No such upload (any more): an attempt before this one may have completed it.
                if (!await IsOursAsync(stop)) throw;
            }
        },
        cancellation);

    private async Task<bool> IsOursAsync(CancellationToken cancellation) =>
        (await _store.TryHeadAsync(Key, cancellation))?.Metadata[WriterHeader] == _writer;
}
