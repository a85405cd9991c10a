using Faiss;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>A vectors.faiss: inverted lists. A trained, empty index is fitted; a shard is a copy of it with the shard's vectors, and Faiss merges them.</summary>
/// <param name="d">Vector length.</param>
/// <param name="factory">Faiss' name of the index.</param>
internal sealed class ListsKind(int d, string factory) : SegmentKind
{
    private string _fitted = "";

    public override string Engine => SnapshotSegment.Faiss;

    public override string FileName => SnapshotManifest.IndexFile;

    public override void Fit(string path, ReadOnlyMemory<float> sample, CancellationToken cancellation)
    {
        using var empty = FaissIndex.Create(d, factory, MetricType.InnerProduct);
        empty.Train(sample.Span, Environment.ProcessorCount);
        empty.Save(path);
    }

    public override void Open(string fitted) => _fitted = fitted;

    public override ShardFilling BeginShard() => new Filling(FaissIndex.Load(_fitted));

    public override ShardMerging BeginMerge(string path, long rows) => new Merging(FaissIndex.Load(_fitted), path);

    private sealed class Filling(FaissIndex index) : ShardFilling
    {
        public override byte[] Add(VectorBatch batch, int threads, CancellationToken cancellation)
        {
            index.AddWithIds(batch.Vectors.Span, batch.Rows, threads);
            return [];
        }

        public override byte[] End()
        {
            using var bytes = new MemoryStream();
            index.Save(bytes);
            return bytes.ToArray();
        }

        public override void Dispose()
        {
            index.Dispose();
            base.Dispose();
        }
    }

    private sealed class Merging(FaissIndex index, string path) : ShardMerging
    {
        public override long Count => index.Count;

        public override void Take(Stream body)
        {
            using var shard = FaissIndex.Load(body);
            index.Merge(shard);
        }

        public override void Complete()
        {
            index.EnableReconstruct();
            index.Save(path);
        }

        public override void Dispose() => index.Dispose();
    }
}
