using Stickers.Catalogue;

namespace Stickers.Tagger.Evaluating;

/// <summary>What to measure.</summary>
public sealed record EvaluationOptions
{
    /// <summary>Model version, a folder under <c>models/</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>How stickers are split; null takes the split that the model was trained with. Another one mixes seen stickers in.</summary>
    public SplitBy? SplitBy { get; init; }

    /// <summary>The side that is measured: <see cref="SplitPart.Test"/> or <see cref="SplitPart.Validation"/>.</summary>
    public SplitPart Part { get; init; } = SplitPart.Test;

    /// <summary>Tags with fewer labelled stickers on that side stay out of the averages: their figures are luck. At least 1.</summary>
    public int MinPositives { get; init; } = 3;

    /// <summary>From larger catalogues an unbiased sample of about so many stickers is taken (by id, the same every time). At least 100.</summary>
    public int MaxStickers { get; init; } = 50_000;

    /// <summary>Images in a batch of the network, 8 to 256.</summary>
    public int BatchSize { get; init; } = 64;

    internal void Validate()
    {
        var faults = new List<string>();
        if (Part == SplitPart.Train)
            faults.Add("Part is Train: what a model says of stickers it has learned from proves nothing; choose Test or Validation.");
        if (MinPositives < 1)
            faults.Add($"MinPositives is {MinPositives}; it must be at least 1.");
        if (MaxStickers < 100)
            faults.Add($"MaxStickers is {MaxStickers}; it must be at least 100.");
        if (BatchSize is < 8 or > 256)
            faults.Add($"BatchSize is {BatchSize}; it must be 8 to 256.");
        if (faults.Count > 0)
            throw new ArgumentException(string.Join(" ", faults));
    }
}
