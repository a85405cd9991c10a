using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>
/// What an unfinished import has already committed: <c>.import/checkpoint-00000.json</c> and on, one for each part. Written after
/// the part, so that a killed import loses at most one part's work.
/// </summary>
internal sealed record CatalogueCheckpoint
{
    /// <summary>Files that the sources offered since the checkpoint before = <see cref="Stickers"/> + the rows of <see cref="Quarantined"/>.</summary>
    public required long Read { get; init; }

    /// <summary>Stickers in <see cref="Part"/>.</summary>
    public required long Stickers { get; init; }

    /// <summary>The part, or null when all that was read went to quarantine.</summary>
    public CommittedFile? Part { get; init; }

    public required IReadOnlyList<QuarantinedFile> Quarantined { get; init; }
}
