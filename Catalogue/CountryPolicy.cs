namespace Stickers.Catalogue;

/// <summary>In which countries a tag may be suggested, shown and searched for.</summary>
/// <param name="Only">ISO 3166-1 codes of the only countries, or null for all.</param>
/// <param name="Not">Codes of the countries that are left out.</param>
public sealed record CountryPolicy(IReadOnlySet<string>? Only, IReadOnlySet<string> Not)
{
    /// <summary>No limit.</summary>
    public static CountryPolicy Everywhere { get; } = new(null, new HashSet<string>());

    /// <summary>Whether the tag may be shown in a country.</summary>
    /// <param name="country">ISO 3166-1 code of two letters in either case. Null is an unknown country: there only what may be shown everywhere is.</param>
    public bool Allows(string? country) => country?.ToUpperInvariant() is { } code
        ? (Only is null || Only.Contains(code)) && !Not.Contains(code)
        : Only is null && Not.Count == 0;
}
