using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>What was served when somebody looked.</summary>
/// <param name="Current">current.json, or null when nothing is served.</param>
/// <param name="StoredVersion">The object's own version, or null likewise.</param>
internal sealed record ServedIndex(CurrentSnapshot? Current, string? StoredVersion);

/// <summary>Switches current.json.</summary>
internal static class Publishing
{
    public const string Publish = "publish";
    public const string Rollback = "rollback";

    /// <summary>What is served now.</summary>
    public static async Task<ServedIndex> ServedAsync(ObjectStore store, EmbeddingSpace space, CancellationToken cancellation)
    {
        var standing = await store.StatAsync(SnapshotKeys.Current(space), cancellation);
        return standing is null ? new ServedIndex(null, null) : new ServedIndex(await SnapshotKeys.ReadCurrentAsync(store, space, cancellation), standing.Version);
    }

    /// <summary>Serves a version from now on, unless somebody else has switched since <paramref name="served"/> was looked at.</summary>
    public static Task<CurrentSnapshot> PublishAsync(ObjectStore store, EmbeddingSpace space, string version, ServedIndex served, CancellationToken cancellation) =>
        SwitchAsync(store, space, Publish, version, served, cancellation);

    /// <summary>
    /// Switches by a write under the condition that nobody else has written meanwhile: of several who switch at once one wins, and the others
    /// are told, unless they wanted the same version. What is served already stays as it is.
    /// </summary>
    /// <exception cref="PublishedMeanwhileException">Somebody else has switched to another version meanwhile.</exception>
    public static async Task<CurrentSnapshot> SwitchAsync(ObjectStore store, EmbeddingSpace space, string action, string version, ServedIndex served, CancellationToken cancellation)
    {
        if (served.Current?.Version == version)
            return served.Current;
        var switched = new CurrentSnapshot
        {
            FormatVersion = SnapshotKeys.CurrentFormatVersion,
            Version = version,
            History = [.. served.Current?.History ?? [], new Publication(version, DateTime.UtcNow, action)],
        };
        try
        {
            var condition = served.StoredVersion is null ? WriteCondition.IfAbsent : WriteCondition.IfVersion(served.StoredVersion);
            await store.WriteJsonAsync(SnapshotKeys.Current(space), switched, condition, cancellation);
            return switched;
        }
        catch (StoreConflictException e)
        {
            var now = await SnapshotKeys.ReadCurrentAsync(store, space, cancellation);
            if (now?.Version == version)
                return now;
            throw new PublishedMeanwhileException(
                $"The {space.Name()} index {version} was not published: meanwhile somebody else switched from {served.Current?.Version ?? "nothing"} to {now?.Version ?? "nothing"}. "
                + $"It is kept; to serve it after all: stickers index publish --space {space.Name()} --version {version}", e);
        }
    }
}
