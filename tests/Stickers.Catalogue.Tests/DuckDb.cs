using DuckDB.NET.Data;

namespace Stickers.Catalogue.Tests;

/// <summary>A reader of Parquet that shares no code with ours.</summary>
internal static class DuckDb
{
    /// <summary>All rows of a query; <c>{0}</c> stands for the file, quoted.</summary>
    public static List<object?[]> Query(string query, string path)
    {
        using var connection = new DuckDBConnection("DataSource=:memory:");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The text is the test's own.
        command.CommandText = query.Replace("{0}", $"'{path}'", StringComparison.Ordinal);
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        var rows = new List<object?[]>();
        while (reader.Read()) rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => reader.IsDBNull(i) ? null : reader.GetValue(i))]);
        return rows;
    }
}
