using Parquet;
using Stickers.Storage;

namespace Stickers.Catalogue.Tables;

/// <summary>A Parquet file being written row group by row group; dispose without a commit and it never was.</summary>
internal sealed class ParquetOutput<T> : IAsyncDisposable
{
    private readonly StoreWriter _file;
    private readonly ParquetWriter _parquet;
    private readonly ParquetOptions _options;
    private readonly IParquetTable<T> _table;
    private bool _complete;

    private ParquetOutput(StoreWriter file, ParquetWriter parquet, ParquetOptions options, IParquetTable<T> table) =>
        (_file, _parquet, _options, _table) = (file, parquet, options, table);

    internal static async Task<ParquetOutput<T>> CreateAsync(ObjectStore store, string key, IParquetTable<T> table, CancellationToken cancellation)
    {
        var file = await store.CreateAsync(key, cancellation).ConfigureAwait(false);
        try
        {
            var options = ParquetFile.Options();
            var parquet = await ParquetWriter.CreateAsync(table.Schema, file.Stream, options, cancellationToken: cancellation).ConfigureAwait(false);
            parquet.CustomMetadata = table.Metadata;
            return new ParquetOutput<T>(file, parquet, options, table);
        }
        catch
        {
            await file.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    internal async Task WriteGroupAsync(IReadOnlyList<T> rows, CancellationToken cancellation)
    {
        using var group = _parquet.CreateRowGroup();
        await _table.WriteAsync(group, _options, rows, cancellation).ConfigureAwait(false);
        group.CompleteValidate();
    }

    internal async Task<CommittedFile> CommitAsync(CancellationToken cancellation)
    {
        _complete = true;
        await _parquet.DisposeAsync().ConfigureAwait(false); // writes the footer
        return await _file.CommitAsync(cancellation).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            if (!_complete) await _parquet.DisposeAsync().ConfigureAwait(false);
        }
        finally
        {
            await _file.DisposeAsync().ConfigureAwait(false);
        }
    }
}
