using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>Switches current.json.</summary>
internal static class Publishing
{
    public const string Publish = "publish";
    public const string Rollback = "rollback";

    private const int MaxAttempts = 50;

    /// <summary>
    /// Serves a version from now on; when it is served already, nothing changes. Of several processes that switch at once each sees what the
    /// one before it did, and no entry of the history is lost.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="space">The space.</param>
    /// <param name="action">publish or rollback.</param>
    /// <param name="choose">Picks the version, given what is served now (null for nothing). Called again when that has changed meanwhile.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="StoreConflictException">Others have kept switching.</exception>
    public static async Task<CurrentSnapshot> SwitchAsync(
        ObjectStore store, EmbeddingSpace space, string action, Func<CurrentSnapshot?, Task<string>> choose, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var standing = await store.StatAsync(SnapshotKeys.Current(space), cancellation);
            var current = standing is null ? null : await SnapshotKeys.ReadCurrentAsync(store, space, cancellation);
            var version = await choose(current);
            if (current?.Version == version)
                return current;
            var switched = new CurrentSnapshot
            {
                FormatVersion = SnapshotKeys.FormatVersion,
                Version = version,
                History = [.. current?.History ?? [], new Publication(version, DateTime.UtcNow, action)],
            };
            try
            {
                var condition = standing is null ? WriteCondition.IfAbsent : WriteCondition.IfVersion(standing.Version);
                await store.WriteJsonAsync(SnapshotKeys.Current(space), switched, condition, cancellation);
                return switched;
            }
            catch (StoreConflictException) when (attempt < MaxAttempts)
            {
                await Task.Delay(Random.Shared.Next(1, 20), cancellation);
            }
        }
    }
}
