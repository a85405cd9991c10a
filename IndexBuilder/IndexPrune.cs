using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>What to delete of a space's old versions.</summary>
public sealed record IndexPruneOptions
{
    /// <summary>The space.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>Versions to keep beside the served one: those that were served last, 0 or more. One is what a rollback needs.</summary>
    public int Keep { get; init; } = 2;

    /// <summary>Delete versions too that were never served.</summary>
    public bool Unserved { get; init; }

    /// <summary>Delete unfinished versions too. Do not while another machine is building.</summary>
    public bool Unfinished { get; init; }

    /// <summary>Only say what would be deleted.</summary>
    public bool DryRun { get; init; }
}

/// <summary>A version that was deleted, or would be.</summary>
/// <param name="Version">The version.</param>
/// <param name="Bytes">Size of its files.</param>
public sealed record PrunedIndex(string Version, long Bytes);

/// <summary>Deletes old versions.</summary>
public static class IndexPrune
{
    /// <summary>
    /// Deletes what the options do not keep, never what is served, nor what a version that is kept goes on using. The manifest goes first, so that
    /// a version that is half deleted is an unfinished one.
    /// </summary>
    /// <exception cref="InvalidOperationException">Another process is building this space.</exception>
    public static async Task<IReadOnlyList<PrunedIndex>> RunAsync(ObjectStore store, IndexPruneOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentOutOfRangeException.ThrowIfNegative(options.Keep, nameof(options));
        using var building = SpaceLock.Take(store, options.Space);
        var versions = await IndexCatalogue.ListAsync(store, options.Space, cancellation);
        var kept = versions.Where(version => version.Current)
            .Concat(versions.Where(version => !version.Current && version.LastServedUtc is not null).Take(options.Keep))
            .Concat(versions.Where(version => version.LastServedUtc is null && (version.Manifest is null ? !options.Unfinished : !options.Unserved)))
            .Select(version => version.Version).ToHashSet(StringComparer.Ordinal);
        kept.UnionWith([.. versions.Where(version => kept.Contains(version.Version)).Select(version => version.Manifest?.Base).OfType<string>()]);

        var pruned = new List<PrunedIndex>();
        // Who uses another's files goes before that other one.
        foreach (var version in versions.Where(version => !kept.Contains(version.Version)).OrderBy(version => version.Manifest?.Base is null))
        {
            long bytes = 0;
            var keys = new List<string>();
            await foreach (var stored in store.ListAsync($"{SnapshotKeys.Folder(options.Space, version.Version)}/", cancellation))
            {
                keys.Add(stored.Key);
                bytes += stored.Bytes;
            }

            if (!options.DryRun)
            {
                await store.DeleteAsync(SnapshotKeys.Manifest(options.Space, version.Version), cancellation);
                foreach (var key in keys)
                    await store.DeleteAsync(key, cancellation);
            }

            pruned.Add(new PrunedIndex(version.Version, bytes));
        }

        return pruned;
    }
}
