using Stickers.Cli.Terminal;

namespace Stickers.Cli.Demo;

/// <summary>Puts the demo's figures and stickers into words for demo.html.</summary>
internal static class DemoStory
{
    public static PageContent Of(DemoFigures figures, DemoOptions options, IReadOnlyList<PageSticker> sheet, IReadOnlyList<PageNeighbours> neighbours) => new()
    {
        Subtitle = $"A network that had never seen a picture learned from {figures.Model.TrainingStickers:N0} tagged drawings for "
            + $"{Quantity.Duration(TimeSpan.FromSeconds(figures.Model.TrainingSeconds))} on {Environment.ProcessorCount} cores. This is what it makes of the others.",
        Highlights = Highlights(figures),
        SheetRemark = $"{figures.Suggestions.Read:N0} drawings have no tag that the network knows. For {figures.Suggestions.Tagged:N0} of them it suggests some, for "
            + $"{figures.Suggestions.WithoutSuggestion:N0} it is not sure enough to suggest any. These {sheet.Count} are the ones with the lowest ids, which are hashes: nobody picked them.",
        Sheet = sheet,
        Neighbours = neighbours,
        Sections = figures.Sections(),
        Notes = Notes(figures, options),
    };

    private static List<Figure> Highlights(DemoFigures figures)
    {
        var highlights = new List<Figure>
        {
            new("drawings", $"{figures.Catalogue.Written:N0}", $"{figures.Catalogue.Quarantined:N0} quarantined"),
            new("newly tagged", $"{figures.Suggestions.Tagged:N0}", $"of {figures.Suggestions.Read:N0} without usable tags"),
        };
        var systems = figures.Evaluation.Tagging;
        if (systems is [{ Map: { } network }, ..])
        {
            var best = systems.Skip(1).Max(system => system.Map);
            highlights.Add(new("mAP on unseen creators", Quantity.Share(network), best is { } baseline ? $"best baseline {Quantity.Share(baseline)}" : ""));
        }

        if (figures.Evaluation.AcceptedPrecision is { Value: { } precision } accepted)
            highlights.Add(new("of accepted tags confirmed", $"{precision * 100:0} %", $"{accepted.Hits:N0} of {accepted.Trials:N0} by labels of unseen creators"));
        if (figures.Indexes.Count > 0)
            highlights.Add(new("recall@10 of the indexes", Quantity.Share(figures.Indexes.Min(index => index.RecallAt10)), "against exact search"));
        return highlights;
    }

    private static string[] Notes(DemoFigures figures, DemoOptions options) =>
    [
        $"The drawings come from {options.Source}; their tags are their creators' own, with spelling mistakes, theme names and gaps. A tag that is missing does not mean that the drawing is not of it, so the precision measured here is a lower bound.",
        $"The network knows {figures.Model.Network.Tags:N0} tags, those on at least {new Stickers.Tagger.Training.TrainingOptions { Catalogue = "", Version = "" }.MinimumSupport} training drawings. What it does not know it cannot suggest, and forces into what it knows.",
        $"It started from random weights: no pretrained network is used, and it learned for {Quantity.Duration(TimeSpan.FromSeconds(figures.Model.TrainingSeconds))} only. A longer budget gives better tags: stickers demo --budget 1h with another --root.",
        "The figures are for creators that were held out of training altogether. On drawings in a style it has learned from it does better than they say.",
        "Scores are calibrated on other held-out creators: of suggestions with a score of 0.80, about four in five should be right. Where the table shows a large calibration error, read them as a ranking.",
        "“Looks alike” compares drawn form, not motif: a red heart is near a red apple. “Means the same” compares what the network believes the drawing is of; where that is wrong, so are the neighbours.",
    ];
}
