using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>The versions of a space, and which of them is served.</summary>
public static class IndexCatalogue
{
    /// <summary>All versions, unfinished ones included: the served one first, then by when they were last served, then by version.</summary>
    /// <exception cref="InvalidDataException">current.json is malformed.</exception>
    public static async Task<IReadOnlyList<IndexVersion>> ListAsync(ObjectStore store, EmbeddingSpace space, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var current = await SnapshotKeys.ReadCurrentAsync(store, space, cancellation);
        var folder = $"{SnapshotKeys.Folder(space)}/";
        var names = new SortedSet<string>(StringComparer.Ordinal);
        await foreach (var found in store.ListAsync(folder, cancellation))
        {
            var name = found.Key[folder.Length..].Split('/')[0];
            if (SnapshotKeys.IsVersion(name))
                names.Add(name);
        }

        var versions = new List<IndexVersion>();
        foreach (var name in names)
        {
            var (manifest, problem) = await InspectAsync(store, space, name, cancellation);
            versions.Add(new IndexVersion
            {
                Version = name,
                Manifest = manifest,
                Problem = problem,
                Current = name == current?.Version,
                LastServedUtc = current?.History.LastOrDefault(p => p.Version == name)?.PublishedUtc,
            });
        }

        return [.. versions.OrderByDescending(v => v.Current).ThenByDescending(v => v.LastServedUtc ?? DateTime.MinValue)];
    }

    /// <summary>Serves an earlier version again, after checking its files.</summary>
    /// <param name="store">The store.</param>
    /// <param name="space">The space.</param>
    /// <param name="version">The version, or null for the one that was published before the served one.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <returns>What is served from now on, with the history.</returns>
    /// <exception cref="InvalidOperationException">Nothing was published before, or nothing at all.</exception>
    /// <exception cref="FileNotFoundException">There is no such version, or it is unfinished.</exception>
    /// <exception cref="InvalidDataException">A file of that version is damaged.</exception>
    /// <exception cref="PublishedMeanwhileException">Somebody else has switched to another version meanwhile.</exception>
    public static Task<CurrentSnapshot> RollbackAsync(ObjectStore store, EmbeddingSpace space, string? version = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return ChangeAsync();

        async Task<CurrentSnapshot> ChangeAsync()
        {
            var served = await Publishing.ServedAsync(store, space, cancellation);
            var target = version ?? Previous(served.Current, space);
            await RequireWholeAsync(store, space, target, cancellation);
            return await Publishing.SwitchAsync(store, space, Publishing.Rollback, target, served, cancellation);
        }
    }

    /// <summary>Serves a version from now on, after checking its files and its recall.</summary>
    /// <param name="store">The store.</param>
    /// <param name="space">The space.</param>
    /// <param name="version">The version.</param>
    /// <param name="recallFloor">Smallest recall@10 that may be published, 0 to 1.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="FileNotFoundException">There is no such version, or it is unfinished.</exception>
    /// <exception cref="InvalidDataException">A file of that version is damaged.</exception>
    /// <exception cref="RecallTooLowException">Its recall is below the floor.</exception>
    /// <exception cref="PublishedMeanwhileException">Somebody else has switched to another version meanwhile.</exception>
    public static async Task<CurrentSnapshot> PublishAsync(ObjectStore store, EmbeddingSpace space, string version, double recallFloor, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var served = await Publishing.ServedAsync(store, space, cancellation);
        IndexBuild.RequireRecall(await RequireWholeAsync(store, space, version, cancellation), recallFloor, space);
        return await Publishing.PublishAsync(store, space, version, served, cancellation);
    }

    /// <summary>
    /// What was published before the served version was. Rollbacks do not count as publications: otherwise a second rollback would lead
    /// forward again.
    /// </summary>
    internal static string Previous(CurrentSnapshot? current, EmbeddingSpace space)
    {
        if (current is null)
            throw new InvalidOperationException($"No {space.Name()} index is published, so there is nothing to roll back. Build one: stickers index build --space {space.Name()}");
        var published = current.History.Where(p => p.Action == Publishing.Publish).Select(p => p.Version).ToList();
        var served = published.LastIndexOf(current.Version);
        var before = published.Take(served < 0 ? published.Count : served).LastOrDefault(v => v != current.Version);
        return before ?? throw new InvalidOperationException(
            $"{current.Version} is the first {space.Name()} index that was published: there is none before it to roll back to.");
    }

    private static async Task<SnapshotManifest> RequireWholeAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation)
    {
        var manifest = SnapshotKeys.IsVersion(version) ? await SnapshotKeys.ReadManifestAsync(store, space, version, cancellation) : null;
        if (manifest is null)
            throw new FileNotFoundException(await MissingAsync(store, space, version, cancellation));
        await Snapshot.VerifyAsync(store, space, manifest, cancellation);
        return manifest;
    }

    private static async Task<(SnapshotManifest? Manifest, string? Problem)> InspectAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation)
    {
        SnapshotManifest? manifest;
        try
        {
            manifest = await SnapshotKeys.ReadManifestAsync(store, space, version, cancellation);
        }
        catch (InvalidDataException e)
        {
            return (null, e.Message);
        }

        if (manifest is null)
            return (null, "unfinished");
        foreach (var file in manifest.Files)
        {
            var found = await store.StatAsync(SnapshotKeys.File(space, version, file.Path), cancellation);
            if (found?.Bytes != file.Bytes)
                return (manifest, found is null ? $"{file.Path} is missing" : $"{file.Path} has {found.Bytes} bytes instead of {file.Bytes}");
        }

        return (manifest, null);
    }

    private static async Task<string> MissingAsync(ObjectStore store, EmbeddingSpace space, string version, CancellationToken cancellation)
    {
        var versions = await ListAsync(store, space, cancellation);
        var known = versions.FirstOrDefault(v => v.Version == version);
        var usable = versions.Where(v => v.Problem is null).Select(v => v.Version).ToList();
        var choice = usable.Count > 0 ? $"Versions that can be served: {string.Join(", ", usable)}." : "No version can be served.";
        return known is null
            ? $"There is no {space.Name()} index '{version}' under {store.Root}. {choice}"
            : $"The {space.Name()} index {version} cannot be served: {known.Problem}. {choice}";
    }
}
