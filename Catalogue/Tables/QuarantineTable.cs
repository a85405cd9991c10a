using Parquet;
using Parquet.Schema;

namespace Stickers.Catalogue.Tables;

/// <summary>Columns of quarantine.parquet: key, source, fault, reason, bytes.</summary>
internal sealed class QuarantineTable : IParquetTable<QuarantinedFile>
{
    private static readonly ParquetSchema QuarantineSchema = new(
        new DataField("key", typeof(string), false),
        new DataField("source", typeof(string), false),
        new DataField("fault", typeof(string), false),
        new DataField("reason", typeof(string), false),
        new DataField<long>("bytes"));

    private static readonly DataField[] Fields = QuarantineSchema.DataFields;

    public ParquetSchema Schema => QuarantineSchema;

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public async Task WriteAsync(ParquetRowGroupWriter group, ParquetOptions options, IReadOnlyList<QuarantinedFile> rows, CancellationToken cancellation)
    {
        await group.WriteTextAsync(Fields[0], rows.Select(row => row.Key), cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[1], rows.Select(row => row.Source), cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[2], rows.Select(row => row.Fault), cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[3], rows.Select(row => row.Reason), cancellation).ConfigureAwait(false);
        await group.WriteAsync<long>(Fields[4], rows.Select(row => row.Bytes).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<QuarantinedFile>> ReadAsync(ParquetRowGroupReader group, CancellationToken cancellation)
    {
        var keys = await group.ReadTextAsync(Fields[0], cancellation).ConfigureAwait(false);
        var sources = await group.ReadTextAsync(Fields[1], cancellation).ConfigureAwait(false);
        var faults = await group.ReadTextAsync(Fields[2], cancellation).ConfigureAwait(false);
        var reasons = await group.ReadTextAsync(Fields[3], cancellation).ConfigureAwait(false);
        var bytes = await group.ReadNumbersAsync<long>(Fields[4], cancellation).ConfigureAwait(false);
        return [.. keys.Select((key, row) => new QuarantinedFile(key!, sources[row]!, faults[row]!, reasons[row]!, bytes[row]))];
    }
}
