namespace Stickers.Tagger.Backfilling.Planning;

/// <summary>What to plan.</summary>
public sealed record PlanOptions
{
    /// <summary>Model that suggests.</summary>
    public required string Model { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Model whose suggestions stand so far; null for the same one.</summary>
    public string? Against { get; init; }

    /// <summary>Most that any tag may change, as a share of what stands of it, above 0; null for no limit. A tag of which nothing stands changes by 1.</summary>
    public double? Budget { get; init; }

    /// <summary>Tags that are not held to the budget.</summary>
    public IReadOnlyList<string> Except { get; init; } = [];

    /// <summary>Images in a batch of the network, 4 to 256.</summary>
    public int BatchSize { get; init; } = 64;

    /// <exception cref="ArgumentException">Something is out of range.</exception>
    internal void Validate()
    {
        if (Budget is <= 0) throw new ArgumentException($"A budget of {Budget} allows no change at all: give a share above 0, or none.");
    }
}
