namespace Stickers.Catalogue.Vocabularies;

/// <summary>What to draft a vocabulary from.</summary>
public sealed record VocabularyBuildOptions
{
    /// <summary>Catalogue whose labels are counted.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Stickers that a tag needs to be listed. At least 1.</summary>
    public int MinimumSupport { get; init; } = 20;

    /// <summary>Stickers that a tag needs for a merge to be proposed: a rare misspelling is worth one too. At least 1.</summary>
    public int MinimumMergeSupport { get; init; } = 2;

    /// <summary>JSON Lines files whose records have tags by language: names in other languages are learned from what stands side by side.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>Language of the keys.</summary>
    public string Locale { get; init; } = "en";

    /// <summary>Names with at least this confidence (0 to 1) are written as accepted; null leaves all of them to a person.</summary>
    public double? AcceptNames { get; init; }

    /// <summary>Add to a vocabulary that is there: what it lists and decides stays, open proposals are made anew, comments are lost.</summary>
    public bool Update { get; init; }

    /// <exception cref="ArgumentException">Something is out of range; the message lists all faults.</exception>
    internal void Validate()
    {
        List<string> faults = [];
        if (MinimumSupport < 1) faults.Add($"minimum support {MinimumSupport} is below 1");
        if (MinimumMergeSupport < 1) faults.Add($"minimum support for merges {MinimumMergeSupport} is below 1");
        if (AcceptNames is < 0 or > 1) faults.Add($"confidence {AcceptNames} is outside 0 to 1");
        faults.AddRange(Names.Where(path => !File.Exists(path)).Select(path => $"file '{path}' does not exist"));
        if (faults.Count > 0) throw new ArgumentException($"Cannot build a vocabulary: {string.Join("; ", faults)}.");
    }
}
