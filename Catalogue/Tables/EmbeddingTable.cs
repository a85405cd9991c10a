using Parquet;
using Parquet.Schema;

namespace Stickers.Catalogue.Tables;

/// <summary>Columns of an embedding set's parts: id, visual list of float, semantic list of float.</summary>
internal sealed class EmbeddingTable : IParquetTable<StickerEmbedding>
{
    private static readonly ParquetSchema EmbeddingSchema = new(
        new DataField<long>("id"),
        new ListField("visual", new DataField<float>("element")),
        new ListField("semantic", new DataField<float>("element")));

    private static readonly DataField[] Fields = EmbeddingSchema.DataFields;

    public ParquetSchema Schema => EmbeddingSchema;

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public async Task WriteAsync(ParquetRowGroupWriter group, ParquetOptions options, IReadOnlyList<StickerEmbedding> rows, CancellationToken cancellation)
    {
        // The bits of unit vectors are noise to a compressor.
        options.CompressionMethod = CompressionMethod.None;
        await group.WriteAsync<long>(Fields[0], rows.Select(row => row.Id.Value).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await group.WriteFloatListsAsync(Fields[1], rows.Select(row => row.Visual), cancellation).ConfigureAwait(false);
        await group.WriteFloatListsAsync(Fields[2], rows.Select(row => row.Semantic), cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<StickerEmbedding>> ReadAsync(ParquetRowGroupReader group, CancellationToken cancellation)
    {
        var ids = await group.ReadNumbersAsync<long>(Fields[0], cancellation).ConfigureAwait(false);
        var visual = await group.ReadFloatListsAsync(Fields[1], cancellation).ConfigureAwait(false);
        var semantic = await group.ReadFloatListsAsync(Fields[2], cancellation).ConfigureAwait(false);
        return [.. ids.Select((id, row) => new StickerEmbedding(new StickerId(id), visual[row], semantic[row]))];
    }
}
