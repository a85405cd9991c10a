using Parquet;
using Parquet.Schema;

namespace Stickers.Catalogue.Tables;

/// <summary>Columns of an embedding set's parts: id, visual list of float, semantic list of float, and where there are codes, code binary.</summary>
/// <param name="coded">Whether there are codes.</param>
internal sealed class EmbeddingTable(bool coded) : IParquetTable<StickerEmbedding>
{
    private static readonly ParquetSchema Plain = SchemaOf();
    private static readonly ParquetSchema Coded = SchemaOf(new DataField<byte[]>("code"));

    public ParquetSchema Schema => coded ? Coded : Plain;

    private DataField[] Fields => Schema.DataFields;

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public async Task WriteAsync(ParquetRowGroupWriter group, ParquetOptions options, IReadOnlyList<StickerEmbedding> rows, CancellationToken cancellation)
    {
        // The bits of unit vectors are noise to a compressor.
        options.CompressionMethod = CompressionMethod.None;
        await group.WriteAsync<long>(Fields[0], rows.Select(row => row.Id.Value).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await group.WriteFloatListsAsync(Fields[1], rows.Select(row => row.Visual), cancellation).ConfigureAwait(false);
        await group.WriteFloatListsAsync(Fields[2], rows.Select(row => row.Semantic), cancellation).ConfigureAwait(false);
        if (coded) await group.WriteBytesAsync(Fields[3], rows.Select(row => new ReadOnlyMemory<byte>(row.Code)), cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<StickerEmbedding>> ReadAsync(ParquetRowGroupReader group, CancellationToken cancellation)
    {
        var ids = await group.ReadNumbersAsync<long>(Fields[0], cancellation).ConfigureAwait(false);
        var visual = await group.ReadFloatListsAsync(Fields[1], cancellation).ConfigureAwait(false);
        var semantic = await group.ReadFloatListsAsync(Fields[2], cancellation).ConfigureAwait(false);
        var codes = coded ? await group.ReadBytesAsync(Fields[3], cancellation).ConfigureAwait(false) : null;
        return [.. ids.Select((id, row) => new StickerEmbedding(new StickerId(id), visual[row], semantic[row]) { Code = codes?[row] ?? [] })];
    }

    private static ParquetSchema SchemaOf(params Field[] more) => new(
        [new DataField<long>("id"), new ListField("visual", new DataField<float>("element")), new ListField("semantic", new DataField<float>("element")), .. more]);
}
