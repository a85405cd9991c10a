namespace Stickers.SimilaritySearch.Api.Access;

/// <summary>A key as it is kept.</summary>
public sealed record ApiKey
{
    /// <summary>8 hexadecimal digits; the secret begins with them.</summary>
    public required string Id { get; init; }

    /// <summary>Who has it, for people.</summary>
    public required string Name { get; init; }

    /// <summary>SHA-256 of the secret, lower-case hexadecimal. The secret has 256 random bits: there is nothing to guess, so a slow hash would gain nothing.</summary>
    public required string Hash { get; init; }

    /// <summary>What it allows: read, write, admin.</summary>
    public required IReadOnlyList<string> Scopes { get; init; }

    /// <summary>Requests a second on average, and as many at once; 0 for no limit.</summary>
    public required double RequestsPerSecond { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTime CreatedUtc { get; init; }

    /// <summary>From when on it is worth nothing; null while it is.</summary>
    public DateTime? RevokedUtc { get; init; }
}
