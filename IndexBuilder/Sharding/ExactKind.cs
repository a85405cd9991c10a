using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>A vectors.exact. Nothing is fitted; a shard is its vectors with their rows, and merging puts them there.</summary>
internal sealed class ExactKind(int d) : SegmentKind
{
    public override string Engine => SnapshotSegment.Exact;

    public override string FileName => SnapshotManifest.ExactFile;

    public override void Fit(string path, ReadOnlyMemory<float> sample, CancellationToken cancellation) => File.WriteAllBytes(path, []);

    public override void Open(string fitted)
    {
    }

    public override ShardFilling BeginShard() => new Filling(d);

    public override ShardMerging BeginMerge(string path, long rows) => new Merging(ExactIndexWriter.Create(path, rows, d), d);

    private sealed class Filling(int d) : ShardFilling
    {
        public override byte[] Add(VectorBatch batch, int threads, CancellationToken cancellation) => new RowRecords(0, d).Write(batch, _ => default);
    }

    private sealed class Merging(ExactIndexWriter writer, int d) : ShardMerging
    {
        private long _count;

        public override long Count => _count;

        public override void Take(Stream body) => new RowRecords(0, d).Read(body, (row, _, vector) =>
        {
            writer.Set(row, vector);
            _count++;
        });

        public override void Complete() => writer.Complete();

        public override void Dispose() => writer.Dispose();
    }
}
