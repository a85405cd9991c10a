using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>Switches current.json.</summary>
internal static class Publishing
{
    public const string Publish = "publish";
    public const string Rollback = "rollback";

    /// <summary>Serves a version from now on; when it is served already, nothing changes.</summary>
    /// <param name="store">The store.</param>
    /// <param name="space">The space.</param>
    /// <param name="action">publish or rollback.</param>
    /// <param name="choose">Picks the version, given what is served now (null for nothing).</param>
    /// <param name="cancellation">Stops the call.</param>
    public static async Task<CurrentSnapshot> SwitchAsync(
        LocalStore store, EmbeddingSpace space, string action, Func<CurrentSnapshot?, Task<string>> choose, CancellationToken cancellation)
    {
        using var held = await SpaceLock.ForPublishingAsync(store, space, cancellation);
        var current = await SnapshotKeys.ReadCurrentAsync(store, space, cancellation);
        var version = await choose(current);
        if (current?.Version == version)
            return current;
        var switched = new CurrentSnapshot
        {
            FormatVersion = SnapshotKeys.FormatVersion,
            Version = version,
            History = [.. current?.History ?? [], new Publication(version, DateTime.UtcNow, action)],
        };
        await store.WriteJsonAsync(SnapshotKeys.Current(space), switched, cancellation);
        return switched;
    }
}
