using System.Security.Cryptography;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>
/// A stickers.db does not depend on the space, and its thumbnails are most of a build's work: so the second space takes the database that the
/// first one has, when that was made of the very same inputs.
/// </summary>
internal static class SiblingDatabase
{
    /// <summary>Copies the other space's database to a path, or returns null when there is none that is whole.</summary>
    public static async Task<DatabaseCounts?> TryCopyAsync(ObjectStore store, IndexInputs inputs, string path, CancellationToken cancellation)
    {
        var other = inputs.Space == EmbeddingSpace.Visual ? EmbeddingSpace.Semantic : EmbeddingSpace.Visual;
        if (inputs.TryVersionOf(other) is not { } version)
            return null;
        if (await SnapshotKeys.ReadManifestAsync(store, other, version, cancellation) is not { } manifest)
            return null;
        var key = $"{SnapshotKeys.Folder(other, version)}/{SnapshotManifest.DatabaseFile}";
        var expected = manifest.Files.FirstOrDefault(file => file.Path == SnapshotManifest.DatabaseFile);
        if (expected is null || (await store.StatAsync(key, cancellation))?.Bytes != expected.Bytes)
            return null;

        await using var source = await store.OpenReadAsync(key, cancellation);
        await using var target = new FileStream(path, FileMode.Create, FileAccess.ReadWrite);
        await source.CopyToAsync(target, cancellation);
        target.Position = 0;
        var hash = Convert.ToHexStringLower(await SHA256.HashDataAsync(target, cancellation));
        return hash == expected.Sha256 ? new DatabaseCounts(manifest.Stickers, manifest.Thumbnails) : null;
    }
}
