using System.Buffers.Binary;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Coded;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// A vectors.coded. Lists and codes are fitted; a shard is its vectors with their rows and codes, and notes in which list each row is: where a row goes is
/// known once the lists of all rows are.
/// </summary>
/// <param name="d">Vector length.</param>
/// <param name="lists">Number of lists.</param>
/// <param name="learned">Made the codes that the embeddings have; null to make codes here.</param>
internal sealed class CodedKind(int d, int lists, CodeMap? learned) : SegmentKind
{
    /// <summary>A row and its list.</summary>
    private const int NoteBytes = 2 * sizeof(uint);

    private CodedQuantizer? _fitted;

    public override string Engine => SnapshotSegment.Coded;

    public override string FileName => SnapshotManifest.CodedFile;

    public override void Fit(string path, ReadOnlyMemory<float> sample, CancellationToken cancellation)
    {
        using var fitted = CodedQuantizer.Fit(sample, d, lists, learned, cancellation);
        fitted.Save(path);
    }

    public override void Open(string fitted) => _fitted = CodedQuantizer.Load(fitted);

    public override ShardFilling BeginShard() => new Filling(_fitted!, learned is not null);

    public override ShardMerging BeginMerge(string path, long rows) => new Merging(CodedIndexWriter.Create(path, rows, _fitted!), Records(_fitted!));

    public override void Dispose()
    {
        _fitted?.Dispose();
        base.Dispose();
    }

    private static RowRecords Records(CodedQuantizer fitted) => new(fitted.Codes.Bytes, fitted.Dimension);

    private sealed class Filling(CodedQuantizer fitted, bool known) : ShardFilling
    {
        private readonly MemoryStream _notes = new();

        public override ReadOnlyMemory<byte> Notes => _notes.GetBuffer().AsMemory(0, (int)_notes.Length);

        public override byte[] Add(VectorBatch batch, int threads, CancellationToken cancellation)
        {
            var inLists = fitted.Assign(batch.Vectors, threads, cancellation);
            Span<byte> note = stackalloc byte[NoteBytes];
            for (var i = 0; i < inLists.Length; i++)
            {
                BinaryPrimitives.WriteUInt32LittleEndian(note, checked((uint)batch.Rows[i]));
                BinaryPrimitives.WriteUInt32LittleEndian(note[sizeof(uint)..], (uint)inLists[i]);
                _notes.Write(note);
            }

            return Records(fitted).Write(batch, i => known ? batch.Codes[i] : fitted.Codes.Encode(batch.Vector(i)));
        }
    }

    private sealed class Merging(CodedIndexWriter writer, RowRecords records) : ShardMerging
    {
        private long _count;

        public override long Count => _count;

        public override void Announce(ReadOnlySpan<byte> notes)
        {
            for (; notes.Length >= NoteBytes; notes = notes[NoteBytes..])
                writer.Assign(BinaryPrimitives.ReadUInt32LittleEndian(notes), (int)BinaryPrimitives.ReadUInt32LittleEndian(notes[sizeof(uint)..]));
        }

        public override void Take(Stream body) => records.Read(body, (row, code, vector) =>
        {
            writer.Write(row, code, vector);
            _count++;
        });

        public override void Complete() => writer.Complete();

        public override void Dispose() => writer.Dispose();
    }
}
