using Stickers.Catalogue;

namespace Stickers.Tagger.Evaluating;

/// <summary><c>evaluation-&lt;catalogue&gt;-&lt;split&gt;.json</c>: what was measured, on what, and every figure.</summary>
public sealed record EvaluationReport
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Model version.</summary>
    public required string Model { get; init; }

    /// <summary>Content hash of that model.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Content hash of that catalogue.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>How stickers were split.</summary>
    public required SplitBy SplitBy { get; init; }

    /// <summary>The side that was measured.</summary>
    public required SplitPart Part { get; init; }

    /// <summary>False when the model was trained on another catalogue or split: the measured stickers may not be unseen.</summary>
    public required bool SameSplitAsTraining { get; init; }

    /// <summary>How many stickers took part.</summary>
    public required EvaluatedCounts Counts { get; init; }

    /// <summary>Tags with fewer labelled stickers stay out of the averages.</summary>
    public required int MinPositives { get; init; }

    /// <summary>Tagging quality of the network and of the baselines.</summary>
    public required IReadOnlyList<TaggingScore> Tagging { get; init; }

    /// <summary>Share of the accepted suggestions that creators gave too, over all tags.</summary>
    public required Proportion AcceptedPrecision { get; init; }

    /// <summary>Share of the creators' labels that are accepted suggestions, over all tags.</summary>
    public required Proportion AcceptedRecall { get; init; }

    /// <summary>Share of the measured stickers that get at least one accepted suggestion.</summary>
    public required Proportion Coverage { get; init; }

    /// <summary>Neighbours in each space against what they should share.</summary>
    public required IReadOnlyList<NeighbourScore> Neighbours { get; init; }

    /// <summary>Whether an augmented view finds its original.</summary>
    public required IReadOnlyList<ViewScore> Views { get; init; }

    /// <summary>A tag as a query for stickers.</summary>
    public required IReadOnlyList<TextScore> Text { get; init; }

    /// <summary>Whether the network's scores mean what they say.</summary>
    public required Reliability Reliability { get; init; }

    /// <summary>Mean over the tags of their own calibration errors.</summary>
    public required double TagCalibrationError { get; init; }

    /// <summary>Every vocabulary tag, in vocabulary order.</summary>
    public required IReadOnlyList<TagScore> Tags { get; init; }
}

/// <summary>How many stickers took part.</summary>
/// <param name="Catalogue">Stickers of the catalogue.</param>
/// <param name="Sampled">Those looked at (all, unless the catalogue is larger than the sample) = decoded + quarantined.</param>
/// <param name="Quarantined">Those whose image does not decode: they take no further part.</param>
/// <param name="Training">Decoded ones on the training side. The baselines learn from them, and where the test side is measured from validation's too.</param>
/// <param name="Measured">Decoded ones on the measured side.</param>
/// <param name="MeasuredWithoutTag">Measured ones without any vocabulary tag: negatives for every tag.</param>
public sealed record EvaluatedCounts(long Catalogue, int Sampled, int Quarantined, int Training, int Measured, int MeasuredWithoutTag);

/// <summary>Tagging quality of one system.</summary>
/// <param name="System">Its name.</param>
/// <param name="Map">Mean average precision over the tags with enough positives, or null when there are none.</param>
/// <param name="Tags">Number of those tags.</param>
/// <param name="MapAnyPositive">The same over all tags with at least one positive.</param>
/// <param name="TagsAnyPositive">Number of those tags.</param>
/// <param name="MicroAveragePrecision">Average precision over all (sticker, tag) pairs in one ranking.</param>
/// <param name="MacroCurve">Mean interpolated precision at recall 0, 0.01 … 1 over the tags with enough positives.</param>
/// <param name="MicroCurve">Interpolated precision of all pairs at recall 0, 0.01 … 1.</param>
public sealed record TaggingScore(
    string System, double? Map, int Tags, double? MapAnyPositive, int TagsAnyPositive, double? MicroAveragePrecision,
    IReadOnlyList<double> MacroCurve, IReadOnlyList<double> MicroCurve);

/// <summary>One tag.</summary>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Support">Training stickers that carried it when the model was trained.</param>
/// <param name="Positives">Measured stickers that carry it.</param>
/// <param name="AveragePrecision">The network's, or null without positives.</param>
/// <param name="PixelAveragePrecision">The pixel neighbours', or null without positives.</param>
/// <param name="Threshold">Score from which a suggestion is accepted; above 1 for a tag that is only reviewed.</param>
/// <param name="Precision">Share of the accepted that carry the tag.</param>
/// <param name="Recall">Share of those that carry the tag that are accepted.</param>
/// <param name="CalibrationError">Expected calibration error of the tag's scores, 0 to 1.</param>
public sealed record TagScore(
    string Tag, int Support, int Positives, double? AveragePrecision, double? PixelAveragePrecision, float Threshold, Proportion Precision, Proportion Recall, double CalibrationError);

/// <summary>Neighbours in one space.</summary>
/// <param name="Task">What relevant means.</param>
/// <param name="Space">visual, semantic, or pixels (the baseline).</param>
/// <param name="At">Figures at K = 1, 5, 10; empty when no query has anything relevant.</param>
public sealed record NeighbourScore(string Task, string Space, IReadOnlyList<RetrievalScore> At);

/// <summary>How often an augmented view finds its original among all stickers.</summary>
/// <param name="Space">visual, semantic, or pixels (the baseline).</param>
/// <param name="First">The original itself is first.</param>
/// <param name="FirstTen">The original itself is among the first ten.</param>
/// <param name="FirstOrDuplicate">The original, or a near duplicate that the catalogue knows of, is first.</param>
/// <param name="FirstTenOrDuplicate">The original or a known near duplicate is among the first ten.</param>
public sealed record ViewScore(string Space, Proportion First, Proportion FirstTen, Proportion FirstOrDuplicate, Proportion FirstTenOrDuplicate);

/// <summary>A tag as a query: which share of the first five measured stickers carries it.</summary>
/// <param name="System">What ranks the stickers.</param>
/// <param name="AtFive">Mean over the tags with enough positives, or null when there are none.</param>
public sealed record TextScore(string System, RetrievalScore? AtFive);
