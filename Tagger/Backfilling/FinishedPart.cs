using Stickers.Storage;

namespace Stickers.Tagger.Backfilling;

/// <summary>A sticker that a job could not look at.</summary>
/// <param name="Id">Its id in decimal digits.</param>
/// <param name="Key">Its key in the catalogue.</param>
/// <param name="Part">The catalogue's part it lies in.</param>
/// <param name="Fault">Name of the <see cref="Catalogue.Images.ImageFault"/>.</param>
/// <param name="Message">What is wrong with the image.</param>
public sealed record QuarantinedSticker(string Id, string Key, int Part, string Fault, string Message);

/// <summary>
/// A journal entry: one part is written and counted. A rerun skips the part when the entry stems from the same inputs.
/// </summary>
internal sealed record FinishedPart
{
    public required string ModelHash { get; init; }
    public required string CatalogueHash { get; init; }
    public required int BatchSize { get; init; }

    /// <summary>Stickers of the part that are the job's business = WithRows + WithoutRows + Quarantined.</summary>
    public required long Read { get; init; }
    public required long WithRows { get; init; }
    public required long WithoutRows { get; init; }
    public required long Rows { get; init; }
    public required IReadOnlyList<QuarantinedSticker> Quarantined { get; init; }
    public required CommittedFile File { get; init; }
}
