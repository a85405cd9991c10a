using Stickers.Catalogue;

namespace Stickers.Tagger.Labels;

/// <summary>A label that may be wrong, or one that may be missing.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Key">Its key.</param>
/// <param name="Creator">Who made it.</param>
/// <param name="Tag">Canonical tag in doubt.</param>
/// <param name="Score">Higher is better founded; comparable within one kind.</param>
/// <param name="Looks">Share of the nearest stickers that carry the tag, nearer ones counting more, 0 to 1.</param>
/// <param name="Usual">The same share, on average over the tag's own stickers.</param>
/// <param name="Labels">The sticker's canonical labels.</param>
/// <param name="Neighbours">Its nearest stickers, nearest first.</param>
public sealed record LabelDoubt(StickerId Id, string Key, string Creator, string Tag, double Score, double Looks, double Usual, IReadOnlyList<string> Labels, IReadOnlyList<StickerId> Neighbours);

/// <summary>How many planted faults a list of doubts holds.</summary>
/// <param name="Listed">Length of the list's beginning.</param>
/// <param name="Found">Planted faults in it.</param>
/// <param name="Planted">All that were planted.</param>
public sealed record PlantedFigure(int Listed, int Found, int Planted)
{
    /// <summary>Found of listed, 0 to 1. A lower bound of the true precision: what was wrong before is listed too.</summary>
    public double Precision => Listed == 0 ? 0 : (double)Found / Listed;

    /// <summary>Found of planted, 0 to 1.</summary>
    public double Recall => Planted == 0 ? 0 : (double)Found / Planted;
}

/// <summary>What a check of labels found.</summary>
public sealed record LabelReport
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Model version and the hash of its content.</summary>
    public required string Model { get; init; }

    /// <summary>Content hash of the model.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Content hash of the catalogue.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Hash of the vocabulary that says what labels mean.</summary>
    public required string TagRulesHash { get; init; }

    /// <summary>Stickers looked at.</summary>
    public required int Stickers { get; init; }

    /// <summary>Labels of theirs that were checked.</summary>
    public required int Labels { get; init; }

    /// <summary>Tags with enough stickers to be checked.</summary>
    public required int Tags { get; init; }

    /// <summary>Labels that may be wrong, best founded first.</summary>
    public required IReadOnlyList<LabelDoubt> Wrong { get; init; }

    /// <summary>Labels that may be missing, best founded first.</summary>
    public required IReadOnlyList<LabelDoubt> Missing { get; init; }

    /// <summary>Where faults were planted: how many of the wrong labels were found among the first 50, 100, 200 … listed.</summary>
    public IReadOnlyList<PlantedFigure>? PlantedWrong { get; init; }

    /// <summary>The same of the labels taken away.</summary>
    public IReadOnlyList<PlantedFigure>? PlantedMissing { get; init; }
}
