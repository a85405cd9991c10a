using System.Globalization;
using System.Net;
using System.Text;

namespace Stickers.Catalogue;

/// <summary>The part of tag normalisation that needs no list: one spelling for what is written the same.</summary>
internal static class TagText
{
    // Each round can uncover the next (an entity inside an entity, a quote inside a hash); real tags need one or two.
    private const int MaxRounds = 8;

    private const string Surrounding = "\"'`´‘’‚“”„«»‹›#,;";

    /// <summary>Entities resolved, NFKC, lower case, separators as single spaces, surrounding quotes and hashes gone. May be empty.</summary>
    internal static string Unify(string text)
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            var next = Once(text);
            if (next == text) return text;
            text = next;
        }

        // Still changing: built to, not written by a person.
        return "";
    }

    /// <summary>Whether there is anything to learn: a word, a kana, a kanji, an emoji; not a number, a lone letter or an essay.</summary>
    internal static bool HasMeaning(string unified, int maxLength)
    {
        if (unified.Length == 0 || unified.Length > maxLength) return false;
        if (!unified.EnumerateRunes().Any(rune => Rune.IsLetter(rune) || IsPicture(rune))) return false;
        return StringInfo.GetNextTextElementLength(unified) < unified.Length || unified.EnumerateRunes().Any(rune => IsIdeographic(rune) || IsPicture(rune));
    }

    private static string Once(string text)
    {
        var folded = Fold(WellFormed(DecodeEntities(text)));
        var spaced = new StringBuilder(folded.Length);
        foreach (var rune in folded.EnumerateRunes())
        {
            if (IsInvisible(rune)) continue;
            if (!IsSeparator(rune)) spaced.Append(rune.ToString());
            else if (spaced.Length > 0 && spaced[^1] != ' ') spaced.Append(' ');
        }

        return spaced.ToString().Trim().Trim(Surrounding.ToCharArray()).Trim();
    }

    /// <summary>All the way down, before a ';' is trimmed that ends an entity.</summary>
    private static string DecodeEntities(string text)
    {
        for (var round = 0; round < MaxRounds && WebUtility.HtmlDecode(text) is var next && next != text; round++) text = next;
        return text;
    }

    private static string Fold(string text) => text.Normalize(NormalizationForm.FormKC).ToLowerInvariant().Normalize(NormalizationForm.FormKC);

    /// <summary>string.Normalize refuses half a surrogate pair; enumerating runes replaces it.</summary>
    private static string WellFormed(string text) => text.Any(char.IsSurrogate) ? string.Concat(text.EnumerateRunes().Select(rune => rune.ToString())) : text;

    private static bool IsSeparator(Rune rune) =>
        rune.Value is '_' || Rune.IsWhiteSpace(rune) || Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.DashPunctuation;

    // Not the zero-width joiner (U+200D): it holds emoji sequences together.
    private static bool IsInvisible(Rune rune) => rune.Value is 0x00AD or 0x200B or 0x2060 or 0xFEFF or 0xFFFD;

    private static bool IsIdeographic(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherLetter
        && rune.Value is (>= 0x1100 and < 0x1200) or (>= 0x3040 and < 0xA4D0) or (>= 0xAC00 and < 0xD7B0) or (>= 0xF900 and < 0xFB00) or >= 0x20000;

    private static bool IsPicture(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.OtherSymbol;
}
