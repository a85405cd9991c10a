using Parquet;
using Parquet.Schema;

namespace Stickers.Catalogue.Tables;

/// <summary>
/// Reads and writes single columns of a row group. Lists follow Dremel's levels (Melnik et al., 2010): repetition 0 starts
/// a row, 1 continues its list; definition is the field's maximum for a value and 1 for an empty list.
/// </summary>
internal static class ParquetColumns
{
    private const int EmptyList = 1;

    internal static Task WriteTextAsync(this ParquetRowGroupWriter group, DataField field, IEnumerable<string?> values, CancellationToken cancellation)
    {
        var rows = values.ToArray();
        var present = rows.Where(value => value is not null).Select(value => value.AsMemory()).ToArray();
        var nullable = field.MaxDefinitionLevel > 0;
        if (!nullable && present.Length < rows.Length) throw new ArgumentNullException(nameof(values), $"Column '{field.Path}' takes no nulls.");
        var levels = nullable ? rows.Select(value => value is null ? field.MaxDefinitionLevel - 1 : field.MaxDefinitionLevel).ToArray() : null;
        return group.WriteAllPartsAsync<ReadOnlyMemory<char>>(field, present, AsMemory(levels), null, cancellation);
    }

    internal static Task WriteBytesAsync(this ParquetRowGroupWriter group, DataField field, IEnumerable<ReadOnlyMemory<byte>> values, CancellationToken cancellation)
    {
        var rows = values.ToArray();
        var levels = new int[rows.Length];
        Array.Fill(levels, field.MaxDefinitionLevel);
        return group.WriteAllPartsAsync<ReadOnlyMemory<byte>>(field, rows, levels, null, cancellation);
    }

    internal static Task WriteTextListsAsync(this ParquetRowGroupWriter group, DataField field, IEnumerable<IReadOnlyList<string>> values, CancellationToken cancellation) =>
        group.WriteListsAsync(field, values.Select(list => list.Select(text => text.AsMemory())), cancellation);

    internal static Task WriteFloatListsAsync(this ParquetRowGroupWriter group, DataField field, IEnumerable<float[]> values, CancellationToken cancellation) =>
        group.WriteListsAsync(field, values, cancellation);

    internal static async Task<T[]> ReadNumbersAsync<T>(this ParquetRowGroupReader group, DataField field, CancellationToken cancellation) where T : struct
    {
        var values = new T[group.RowCount];
        await group.ReadAsync<T>(field, values, cancellationToken: cancellation).ConfigureAwait(false);
        return values;
    }

    internal static async Task<string?[]> ReadTextAsync(this ParquetRowGroupReader group, DataField field, CancellationToken cancellation)
    {
        var values = new string?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory(), cancellationToken: cancellation).ConfigureAwait(false);
        return values;
    }

    /// <summary>Each value has an array of its own: nothing points into the library's pooled buffers.</summary>
    internal static async Task<byte[][]> ReadBytesAsync(this ParquetRowGroupReader group, DataField field, CancellationToken cancellation)
    {
        var values = new byte[]?[group.RowCount];
        await group.ReadAsync(field, values.AsMemory(), cancellationToken: cancellation).ConfigureAwait(false);
        return [.. values.Select(value => value ?? [])];
    }

    internal static async Task<string[][]> ReadTextListsAsync(this ParquetRowGroupReader group, DataField field, CancellationToken cancellation)
    {
        var lists = await group.ReadListsAsync<ReadOnlyMemory<char>>(field, cancellation).ConfigureAwait(false);
        return [.. lists.Select(list => list.Select(text => text.ToString()).ToArray())];
    }

    internal static Task<float[][]> ReadFloatListsAsync(this ParquetRowGroupReader group, DataField field, CancellationToken cancellation) =>
        group.ReadListsAsync<float>(field, cancellation);

    private static async Task<T[][]> ReadListsAsync<T>(this ParquetRowGroupReader group, DataField field, CancellationToken cancellation) where T : struct
    {
        var slots = checked((int)group.GetMetadata(field)!.MetaData!.NumValues);
        var values = new T[slots]; // packed: an empty list has a slot in the levels, but no value
        var definitions = new int[slots];
        var repetitions = new int[slots];
        await group.ReadRawAsync<T>(field, values, definitions.AsMemory(), repetitions.AsMemory(), cancellation).ConfigureAwait(false);

        var lists = new T[group.RowCount][];
        for (int row = 0, start = 0, next = 0; start < slots; row++)
        {
            var end = start + 1;
            while (end < slots && repetitions[end] > 0) end++;
            var length = definitions[start] == field.MaxDefinitionLevel ? end - start : 0;
            lists[row] = values[next..(next + length)];
            (start, next) = (end, next + length);
        }

        return lists;
    }

    private static Task WriteListsAsync<T>(this ParquetRowGroupWriter group, DataField field, IEnumerable<IEnumerable<T>> lists, CancellationToken cancellation) where T : struct
    {
        List<T> values = [];
        List<int> definitions = [], repetitions = [];
        foreach (var list in lists)
        {
            var rowStart = repetitions.Count;
            foreach (var value in list)
            {
                repetitions.Add(repetitions.Count == rowStart ? 0 : 1);
                definitions.Add(field.MaxDefinitionLevel);
                values.Add(value);
            }

            if (repetitions.Count > rowStart) continue;
            repetitions.Add(0);
            definitions.Add(EmptyList);
        }

        return group.WriteAllPartsAsync<T>(field, values.ToArray(), definitions.ToArray(), repetitions.ToArray(), cancellation);
    }

    // Not `levels?.AsMemory()`: a null array would become an empty memory instead of none.
    private static ReadOnlyMemory<int>? AsMemory(int[]? levels) => levels is null ? default(ReadOnlyMemory<int>?) : new ReadOnlyMemory<int>(levels);
}
