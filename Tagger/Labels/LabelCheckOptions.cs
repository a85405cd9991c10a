namespace Stickers.Tagger.Labels;

/// <summary>Whose labels to check, and by what.</summary>
public sealed record LabelCheckOptions
{
    /// <summary>Model whose embeddings say what looks and means alike; they must be there (<c>stickers embed</c>).</summary>
    public required string Model { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Most doubts of each kind, best founded first, 1 to 100,000.</summary>
    public int Most { get; init; } = 200;

    /// <summary>From larger catalogues an unbiased sample of about so many stickers is taken (by id, the same every time). At least 100.</summary>
    public int MaxStickers { get; init; } = 50_000;

    /// <summary>Stickers that a tag needs to be checked. At least 2.</summary>
    public int MinimumSupport { get; init; } = 20;

    /// <summary>
    /// Measures the check instead of the catalogue: in memory, this share of the stickers with two labels or more (0 to 0.5) gets a label that belongs to another, and as
    /// many lose one; the report says how many of those were found. 0 checks the labels as they are.
    /// </summary>
    public double Plant { get; init; }

    /// <summary>Seed of what is planted.</summary>
    public int Seed { get; init; } = 1;

    internal void Validate()
    {
        List<string> faults = [];
        if (Most is < 1 or > 100_000) faults.Add($"Most is {Most}; it must be 1 to 100,000.");
        if (MaxStickers < 100) faults.Add($"MaxStickers is {MaxStickers}; it must be at least 100.");
        if (MinimumSupport < 2) faults.Add($"MinimumSupport is {MinimumSupport}; it must be at least 2.");
        if (Plant is < 0 or > 0.5) faults.Add($"Plant is {Plant}; it must be 0 to 0.5.");
        if (faults.Count > 0) throw new ArgumentException(string.Join(" ", faults));
    }
}
