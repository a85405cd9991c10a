using System.Globalization;

namespace Stickers.Catalogue.Vocabularies;

/// <summary>Names of languages as BCP 47 has them, compared without regard to case and separator.</summary>
internal static class LocaleName
{
    internal static string Canonical(string locale) => locale.Replace('_', '-').ToLower(CultureInfo.InvariantCulture);

    /// <summary>The language and, one after the other, those it is a variant of: <c>zh-hant-tw</c>, <c>zh-hant</c>, <c>zh</c>.</summary>
    internal static IEnumerable<string> Chain(string locale)
    {
        for (var name = Canonical(locale); name.Length > 0; name = name[..Math.Max(name.LastIndexOf('-'), 0)]) yield return name;
    }
}
