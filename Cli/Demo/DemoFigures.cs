using Stickers.Catalogue;
using Stickers.Cli.Commands;
using Stickers.Cli.Terminal;
using Stickers.IndexBuilder;
using Stickers.Tagger.Evaluating;
using Stickers.Tagger.Models;

namespace Stickers.Cli.Demo;

/// <summary>What the steps of the demo made, and what it took.</summary>
internal sealed record DemoFigures
{
    public required CatalogueManifest Catalogue { get; init; }

    public required ModelManifest Model { get; init; }

    public required EvaluationReport Evaluation { get; init; }

    public required SuggestionManifest Suggestions { get; init; }

    public required EmbeddingManifest Embeddings { get; init; }

    public required IReadOnlyList<IndexSummary> Indexes { get; init; }

    public required DemoJournal Journal { get; init; }

    /// <summary>Fails unless every sticker is accounted for from the first step to the last.</summary>
    /// <exception cref="InvalidDataException">Two counts differ; the message has both.</exception>
    public void DemandBalance()
    {
        Demand("files read", Catalogue.Read, "imported + quarantined", Catalogue.Written + Catalogue.Quarantined);
        Demand("stickers without usable tags", Suggestions.Read, "with suggestions + without + unreadable", Suggestions.Tagged + Suggestions.WithoutSuggestion + Suggestions.Quarantined);
        Demand("stickers imported", Catalogue.Written, "embedded + unreadable", Embeddings.Written + Embeddings.Quarantined);
        foreach (var index in Indexes) Demand("stickers embedded", Embeddings.Written, $"in the {NameOf(index)} index", index.Count);
    }

    /// <summary>All figures for people.</summary>
    public IReadOnlyList<FigureSection> Sections() => [Counts(), .. EvaluationFigures.Of(Evaluation), Effort()];

    private static void Demand(string left, long leftCount, string right, long rightCount)
    {
        if (leftCount != rightCount) throw new InvalidDataException($"The counts do not add up: {left} {leftCount:N0}, {right} {rightCount:N0}.");
    }

    private static string NameOf(IndexSummary index) => index.Space.ToString().ToLowerInvariant();

    private FigureSection Counts() => new("What was made",
    [
        new("drawings read", $"{Catalogue.Read:N0}", $"= {Catalogue.Written:N0} imported + {Catalogue.Quarantined:N0} quarantined"),
        new("tags learned", $"{Model.Network.Tags:N0}", $"from {Model.TrainingStickers:N0} stickers in {Model.Steps:N0} steps"),
        new("without usable tags", $"{Suggestions.Read:N0}", $"= {Suggestions.Tagged:N0} with suggestions + {Suggestions.WithoutSuggestion:N0} without + {Suggestions.Quarantined:N0} unreadable"),
        new("suggestions written", $"{Suggestions.Rows:N0}"),
        new("embedded", $"{Embeddings.Written:N0}", $"visual {Embeddings.VisualDimension}, semantic {Embeddings.SemanticDimension} numbers each; {Embeddings.Quarantined:N0} unreadable"),
        .. Indexes.Select(index => new Figure($"{NameOf(index)} index", $"{index.Count:N0}", $"{index.Factory}; recall@10 {Quantity.Share(index.RecallAt10)} on {index.RecallQueries:N0} queries; version {index.Version}")),
    ]);

    private FigureSection Effort() => new("What it took",
    [
        .. Journal.Seconds.Select(step => new Figure(step.Key, Quantity.Duration(TimeSpan.FromSeconds(step.Value)), step.Key == "train" ? $"of which {Quantity.Duration(TimeSpan.FromSeconds(Model.TrainingSeconds))} are the budget" : "")),
        new("in all", Quantity.Duration(TimeSpan.FromSeconds(Journal.Seconds.Values.Sum())), $"on {Environment.ProcessorCount} cores"),
        new("peak memory", Quantity.Bytes(Journal.PeakMemoryBytes)),
    ]);
}
