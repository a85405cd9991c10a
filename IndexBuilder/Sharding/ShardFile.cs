using System.Buffers.Binary;
using System.Text;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// What one shard gives; not kept once the index is built. First the body, which only its kind of index reads; then a tail that is read of all shards before:
/// little-endian int32 queries, for each int32 hits and their ids (int64) and scores (float32), then the kind's notes. The last 8 bytes are the body's length.
/// </summary>
internal sealed class ShardFile
{
    private readonly ObjectStore _store;
    private readonly string _key;
    private readonly long _bodyBytes;

    private ShardFile(ObjectStore store, string key, long bodyBytes) => (_store, _key, _bodyBytes) = (store, key, bodyBytes);

    /// <summary>The end of a shard's file.</summary>
    /// <param name="truth">The nearest of the shard's vectors.</param>
    /// <param name="notes">What the kind of index has noted.</param>
    /// <param name="bodyBytes">Bytes before it.</param>
    public static byte[] TailOf(ExactSearch truth, ReadOnlyMemory<byte> notes, long bodyBytes)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(truth.Count);
        for (var q = 0; q < truth.Count; q++)
        {
            var hits = truth.Nearest(q);
            writer.Write(hits.Length);
            foreach (var hit in hits)
            {
                writer.Write(hit.Id.Value);
                writer.Write(hit.Score);
            }
        }

        writer.Write(notes.Span);
        writer.Write(bodyBytes);
        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads the tail: shows its neighbours to the measure and its notes to the merging.</summary>
    /// <exception cref="InvalidDataException">The file is no shard.</exception>
    public static async Task<ShardFile> OpenAsync(JobResult made, CommittedFile file, RecallMeasure measure, ShardMerging merging, CancellationToken cancellation)
    {
        var key = $"{made.Folder}/{file.Path}";
        var end = await ReadAsync(made.Store, key, Math.Max(0, file.Bytes - sizeof(long)), cancellation);
        var body = end.Length == sizeof(long) ? BinaryPrimitives.ReadInt64LittleEndian(end) : -1;
        if (body < 0 || body > file.Bytes - sizeof(long))
            throw new InvalidDataException($"{made.Store.LocationOf(key)} is no shard of an index, or it is damaged. Delete {made.Folder} and build again.");
        var tail = await ReadAsync(made.Store, key, body, cancellation);
        using var reader = new BinaryReader(new MemoryStream(tail));
        var queries = reader.ReadInt32();
        for (var q = 0; q < queries; q++)
        {
            for (var left = reader.ReadInt32(); left > 0; left--)
                measure.Offer(q, new SearchHit(new StickerId(reader.ReadInt64()), reader.ReadSingle()));
        }

        merging.Announce(tail.AsSpan((int)reader.BaseStream.Position..^sizeof(long)));
        return new ShardFile(made.Store, key, body);
    }

    public Task<Stream> OpenBodyAsync(CancellationToken cancellation) => _store.OpenReadAsync(_key, 0, _bodyBytes, cancellation);

    private static async Task<byte[]> ReadAsync(ObjectStore store, string key, long offset, CancellationToken cancellation)
    {
        await using var stream = await store.OpenReadAsync(key, offset, long.MaxValue, cancellation);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellation);
        return bytes.ToArray();
    }
}
