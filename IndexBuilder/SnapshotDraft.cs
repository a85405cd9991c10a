using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>A version that is built and measured, but not committed.</summary>
/// <param name="Manifest">What it says of itself so far.</param>
/// <param name="Names">Its files in the scratch folder, to be committed.</param>
/// <param name="PathOf">Path of a file that the manifest's segments name.</param>
internal sealed record SnapshotDraft(SnapshotManifest Manifest, IReadOnlyList<string> Names, Func<string, string> PathOf)
{
    /// <summary>Files of another version that it goes on using.</summary>
    public IReadOnlyList<CommittedFile> Others { get; init; } = [];

    /// <summary>Thumbnail of a sticker whose image has not changed since it was made; null where none is known. On any thread.</summary>
    public Func<StickerId, byte[]?>? KnownThumbnail { get; init; }
}
