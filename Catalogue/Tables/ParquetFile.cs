using System.Runtime.CompilerServices;
using Parquet;
using Parquet.Schema;
using Stickers.Storage;

namespace Stickers.Catalogue.Tables;

/// <summary>One kind of row: its columns and how a row group of it is written and read.</summary>
internal interface IParquetTable<T>
{
    /// <summary>Columns in file order.</summary>
    ParquetSchema Schema { get; }

    /// <summary>Columns that files of older formats have; they are still read.</summary>
    IReadOnlyList<ParquetSchema> OlderSchemas => [];

    /// <summary>Key-value metadata of the file.</summary>
    IReadOnlyDictionary<string, string> Metadata { get; }

    Task WriteAsync(ParquetRowGroupWriter group, ParquetOptions options, IReadOnlyList<T> rows, CancellationToken cancellation);

    Task<IReadOnlyList<T>> ReadAsync(ParquetRowGroupReader group, CancellationToken cancellation);
}

/// <summary>Parquet files of rows in a store. The same rows in the same groups always give the same bytes.</summary>
internal static class ParquetFile
{
    /// <summary>Options of a new file. A table may switch the compression between columns: it is read at each column.</summary>
    internal static ParquetOptions Options() => new()
    {
        CompressionMethod = CompressionMethod.Zstd,
        // Row groups are small; what the library keeps for reuse need not be larger than a few of them.
        MaximumSmallPoolFreeBytes = 16 << 20,
        MaximumLargePoolFreeBytes = 64 << 20,
    };

    /// <summary>Writes one file atomically, <paramref name="groupSize"/> rows to a row group.</summary>
    internal static async Task<CommittedFile> WriteAsync<T>(ObjectStore store, string key, IParquetTable<T> table, IAsyncEnumerable<T> rows, int groupSize, CancellationToken cancellation)
    {
        var output = await ParquetOutput<T>.CreateAsync(store, key, table, cancellation).ConfigureAwait(false);
        await using (output.ConfigureAwait(false))
        {
            await foreach (var group in rows.Chunk(groupSize).WithCancellation(cancellation).ConfigureAwait(false))
                await output.WriteGroupAsync(group, cancellation).ConfigureAwait(false);
            return await output.CommitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Streams all rows of one file; one row group is in memory at a time.</summary>
    /// <exception cref="InvalidDataException">The file has other columns.</exception>
    internal static IAsyncEnumerable<T> ReadAsync<T>(ObjectStore store, string key, IParquetTable<T> table, CancellationToken cancellation) =>
        ReadAsync(store, key, table, (0, long.MaxValue), cancellation);

    /// <summary>Streams rows of one file; one row group is in memory at a time, and those without a row asked for are not read.</summary>
    /// <param name="store">Where the file lies.</param>
    /// <param name="key">The file.</param>
    /// <param name="table">Its columns.</param>
    /// <param name="rows">The rows asked for, by index from 0; what the file does not have is left out.</param>
    /// <param name="cancellation">Stops the stream.</param>
    /// <exception cref="InvalidDataException">The file has other columns.</exception>
    internal static async IAsyncEnumerable<T> ReadAsync<T>(ObjectStore store, string key, IParquetTable<T> table, (long First, long Count) rows, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var stream = await store.OpenReadAsync(key, cancellation).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var reader = await OpenAsync(key, stream, cancellation).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                if (!reader.Schema.Equals(table.Schema) && !table.OlderSchemas.Any(reader.Schema.Equals))
                    throw new InvalidDataException($"'{key}' has other columns than expected: {reader.Schema.GetNotEqualsMessage(table.Schema, "found", "expected")}");
                long at = 0;
                for (var i = 0; i < reader.RowGroupCount && at - rows.First < rows.Count; i++)
                {
                    using var group = reader.OpenRowGroupReader(i);
                    var skip = Math.Clamp(rows.First - at, 0, group.RowCount);
                    var take = Math.Clamp(rows.Count - (at + skip - rows.First), 0, group.RowCount - skip);
                    at += group.RowCount;
                    if (take == 0) continue;
                    var read = await table.ReadAsync(group, cancellation).ConfigureAwait(false);
                    foreach (var row in read.Skip((int)skip).Take((int)take)) yield return row;
                }
            }
        }
    }

    private static async Task<ParquetReader> OpenAsync(string key, Stream stream, CancellationToken cancellation)
    {
        try
        {
            return await ParquetReader.CreateAsync(stream, cancellationToken: cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            throw new InvalidDataException($"'{key}' is not a readable Parquet file: {fault.Message}", fault);
        }
    }
}
