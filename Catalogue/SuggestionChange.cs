using System.Runtime.CompilerServices;
using Stickers.Catalogue.Tables;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>What becomes of a suggestion when a plan is applied.</summary>
public enum ChangeKind
{
    /// <summary>It was not there.</summary>
    Added = 1,

    /// <summary>It is no more.</summary>
    Removed = 2,

    /// <summary>Its decision changes between accept and review.</summary>
    Flipped = 3,
}

/// <summary>One change of what stands. A score that changes alone is none.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Before">What stood; null when it was added.</param>
/// <param name="After">What will stand; null when it is removed.</param>
public sealed record SuggestionChange(StickerId Id, string Tag, ChangeKind Kind, Suggestion? Before, Suggestion? After);

/// <summary>Changes on storage: one Parquet file.</summary>
public static class SuggestionChanges
{
    private const int RowsPerGroup = 65536;

    /// <summary>Writes a file atomically. The same changes always give the same bytes.</summary>
    public static Task<CommittedFile> WriteAsync(ObjectStore store, string key, IAsyncEnumerable<SuggestionChange> changes, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return ParquetFile.WriteAsync(store, key, new ChangeTable(), changes, RowsPerGroup, cancellation);
    }

    /// <summary>Streams a file.</summary>
    /// <exception cref="InvalidDataException">It has other columns, or a value that is none of those known.</exception>
    public static async IAsyncEnumerable<SuggestionChange> ReadAsync(ObjectStore store, string key, [EnumeratorCancellation] CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        await foreach (var change in ParquetFile.ReadAsync(store, key, new ChangeTable(), cancellation).ConfigureAwait(false)) yield return change;
    }
}
