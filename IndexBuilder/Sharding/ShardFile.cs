using System.Buffers.Binary;
using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// What one shard gives; not kept once the index is built. Little-endian: int64 n bytes of a Faiss index, those, int32 queries, and for each query int32 hits and
/// their ids (int64) and scores (float32).
/// </summary>
internal static class ShardFile
{
    public static byte[] Write(FaissIndex index, ExactSearch truth)
    {
        using var stream = new MemoryStream();
        stream.Write(new byte[sizeof(long)]);
        index.Save(stream);
        var length = stream.Position - sizeof(long);
        using (var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true))
        {
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
        }

        var bytes = stream.ToArray();
        BinaryPrimitives.WriteInt64LittleEndian(bytes, length);
        return bytes;
    }

    /// <summary>Merges a shard into the index and shows its neighbours to the measure.</summary>
    public static void Merge(Stream file, FaissIndex into, RecallMeasure measure)
    {
        using var reader = new BinaryReader(file);
        var length = reader.ReadInt64();
        using (var bytes = new MemoryStream(reader.ReadBytes(checked((int)length))))
        using (var shard = FaissIndex.Load(bytes))
            into.Merge(shard);
        var queries = reader.ReadInt32();
        for (var q = 0; q < queries; q++)
        {
            for (var left = reader.ReadInt32(); left > 0; left--)
                measure.Offer(q, new SearchHit(new StickerId(reader.ReadInt64()), reader.ReadSingle()));
        }
    }
}
