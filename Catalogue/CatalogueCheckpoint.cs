using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>
/// What an unfinished import has already done: <c>.import/checkpoint-00000.json</c> and on, one for each row group. Written after the
/// group's own file, or after the part that the group ends, so that a killed import loses at most one row group's work.
/// </summary>
internal sealed record CatalogueCheckpoint
{
    /// <summary>Files that the sources offered since the checkpoint before = <see cref="Stickers"/> + the rows of <see cref="Quarantined"/>.</summary>
    public required long Read { get; init; }

    /// <summary>Stickers since the checkpoint before.</summary>
    public required long Stickers { get; init; }

    /// <summary>Those stickers in a file of their own while their part is unfinished; null when they ended it, or there were none.</summary>
    public CommittedFile? Group { get; init; }

    /// <summary>The part that ended here with all stickers since the one before; null when none did.</summary>
    public CommittedFile? Part { get; init; }

    public required IReadOnlyList<QuarantinedFile> Quarantined { get; init; }
}
