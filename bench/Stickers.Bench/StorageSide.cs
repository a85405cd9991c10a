using Amazon.S3;
using Amazon.S3.Model;
using Stickers.Storage;

namespace Stickers.Bench;

/// <summary>Somewhere objects can be put and read, by the project's own stores or by what they stand on.</summary>
internal abstract class StorageSide
{
    public abstract Task PutAsync(string key, ReadOnlyMemory<byte> content);

    /// <returns>Bytes read.</returns>
    public abstract Task<long> GetAsync(string key, long offset, long length);

    /// <returns>Number of objects.</returns>
    public abstract Task<int> ListAsync(string folder);

    /// <summary>Reads to the end, as any consumer would; of a range, what is known to be there.</summary>
    protected static async Task<long> DrainAsync(Stream stream, long length)
    {
        if (length != long.MaxValue)
        {
            await stream.ReadExactlyAsync(new byte[length]);
            return length;
        }

        var buffer = new byte[1 << 16];
        var bytes = 0L;
        while (await stream.ReadAsync(buffer) is > 0 and var read) bytes += read;
        return bytes;
    }
}

/// <summary>The project's stores.</summary>
internal sealed class StoreSide(ObjectStore store) : StorageSide
{
    public override async Task PutAsync(string key, ReadOnlyMemory<byte> content) => await store.WriteAsync(key, content);

    public override async Task<long> GetAsync(string key, long offset, long length)
    {
        await using var stream = await store.OpenReadAsync(key, offset, length);
        return await DrainAsync(stream, length);
    }

    public override async Task<int> ListAsync(string folder) => await store.ListAsync($"{folder}/").CountAsync();
}

/// <summary>Plain files: written beside their name, flushed to the disk, renamed.</summary>
internal sealed class FileSide(string root) : StorageSide
{
    public override async Task PutAsync(string key, ReadOnlyMemory<byte> content)
    {
        var path = Path.Combine(root, key);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await using (var file = new FileStream($"{path}.new", FileMode.Create, FileAccess.Write, FileShare.None, 0))
        {
            await file.WriteAsync(content);
            file.Flush(flushToDisk: true);
        }

        File.Move($"{path}.new", path, overwrite: true);
    }

    public override async Task<long> GetAsync(string key, long offset, long length)
    {
        await using var file = new FileStream(Path.Combine(root, key), FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        file.Position = offset;
        return await DrainAsync(file, length);
    }

    public override Task<int> ListAsync(string folder) => Task.FromResult(new DirectoryInfo(Path.Combine(root, folder)).EnumerateFiles().Count(file => file.Length >= 0));
}

/// <summary>The SDK's client alone: one PUT for whatever size.</summary>
internal sealed class SdkSide(AmazonS3Client client, string bucket, string prefix) : StorageSide
{
    public override async Task PutAsync(string key, ReadOnlyMemory<byte> content)
    {
        using var body = new MemoryStream(content.ToArray());
        await client.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = prefix + key, InputStream = body, UseChunkEncoding = false });
    }

    public override async Task<long> GetAsync(string key, long offset, long length)
    {
        var request = new GetObjectRequest { BucketName = bucket, Key = prefix + key };
        if (length != long.MaxValue) request.ByteRange = new ByteRange(offset, offset + length - 1);
        using var answer = await client.GetObjectAsync(request);
        return await DrainAsync(answer.ResponseStream, length);
    }

    public override async Task<int> ListAsync(string folder) =>
        await client.Paginators.ListObjectsV2(new ListObjectsV2Request { BucketName = bucket, Prefix = $"{prefix}{folder}/" }).S3Objects.CountAsync();
}
