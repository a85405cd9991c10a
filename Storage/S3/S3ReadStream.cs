using System.Globalization;
using Amazon.S3;
using Amazon.S3.Model;

namespace Stickers.Storage.S3;

/// <summary>Reads one version of an object, or a part of it: a connection that breaks is taken up where it broke.</summary>
internal sealed class S3ReadStream : WindowStream
{
    private readonly S3Store _store;
    private readonly StoredObject _item;

    internal S3ReadStream(S3Store store, StoredObject item, long offset, long length, byte[]? first = null)
        : base(offset, Math.Clamp(item.Bytes - offset, 0, length))
    {
        (_store, _item) = (store, item);
        if (first is not null) Begin(first);
    }

    /// <summary>Opens what stands under a key now, with its first bytes, by one request.</summary>
    internal static async Task<S3ReadStream> OpenAsync(S3Store store, string key, long offset, long length, CancellationToken cancellation)
    {
        var wanted = (int)Math.Min(FirstWindow, length);
        if (wanted > 0 && offset <= long.MaxValue - wanted)
        {
            var opened = await store.Retrying.RunAsync(key, (_, stop) => TryOpenAsync(store, key, offset, wanted, stop), cancellation);
            if (opened is { } first) return new S3ReadStream(store, first.Item, offset, length, first.Content);
        }

        // Nothing is at that place: is there an object at all?
        var item = await store.StatAsync(key, cancellation) ?? throw store.NoSuch(key);
        return new S3ReadStream(store, item, offset, length);
    }

    /// <inheritdoc/>
    protected override async Task FillAsync(long from, Memory<byte> window, CancellationToken cancellation)
    {
        var filled = 0;
        var whole = await _store.Retrying.RunAsync(_item.Key, FillOnAsync, cancellation);
        if (!whole) throw new StoreException(_store.Root, _item.Key, "it was replaced or deleted while it was read. Open it again.", isTransient: true);

        async Task<bool> FillOnAsync(int attempt, CancellationToken stop)
        {
            while (filled < window.Length)
            {
                using var response = await TryGetAsync(from + filled, window.Length - filled, stop);
                if (response is null) return false;
                var before = filled;
                for (int read; filled < window.Length && (read = await response.ResponseStream.ReadAsync(window[filled..], stop)) > 0;) filled += read;
                if (filled == before) throw new IOException("The server sent less than it announced.");
            }

            return true;
        }
    }

    /// <summary>Null when this version is there no more.</summary>
    private async Task<GetObjectResponse?> TryGetAsync(long offset, long count, CancellationToken cancellation)
    {
        var request = Request(_store, _item.Key, offset, count);
        request.EtagToMatch = _item.Version;
        try
        {
            return await _store.Client.GetObjectAsync(request, cancellation);
        }
        catch (AmazonS3Exception fault) when (S3Fault.IsRefusedCondition(fault) || S3Fault.IsMissing(fault))
        {
            return null;
        }
    }

    private static async Task<(StoredObject Item, byte[] Content)?> TryOpenAsync(S3Store store, string key, long offset, int wanted, CancellationToken cancellation)
    {
        try
        {
            using var response = await store.Client.GetObjectAsync(Request(store, key, offset, wanted), cancellation);
            var range = response.ContentRange ?? throw new StoreException(store.Root, key, "the server does not know ranges, and every S3 server must.", isTransient: false);
            var total = long.Parse(range.AsSpan(range.LastIndexOf('/') + 1), CultureInfo.InvariantCulture);
            var content = new byte[response.ContentLength];
            await response.ResponseStream.ReadExactlyAsync(content, cancellation);
            return (new StoredObject(key, total, S3Store.VersionOf(response.ETag)), content);
        }
        catch (AmazonS3Exception fault) when (S3Fault.IsBehindTheEnd(fault))
        {
            return null;
        }
        catch (AmazonS3Exception fault) when (S3Fault.IsMissing(fault))
        {
            throw store.NoSuch(key, fault);
        }
    }

    private static GetObjectRequest Request(S3Store store, string key, long offset, long count) => new()
    {
        BucketName = store.Address.Bucket,
        Key = store.Address.Inside(key),
        ByteRange = new ByteRange(offset, offset + count - 1),
    };
}
