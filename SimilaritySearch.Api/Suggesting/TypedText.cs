using System.Text;

namespace Stickers.SimilaritySearch.Api.Suggesting;

/// <summary>One spelling for what people type: NFKC (so full and half width are one), lower case, without accents, katakana as hiragana, single spaces.</summary>
internal static class TypedText
{
    /// <summary>The folded text. Nothing is left at its beginning but letters; a space at its end says that the last word is finished.</summary>
    public static string Fold(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in WellFormed(text).Normalize(NormalizationForm.FormKC).ToLowerInvariant().Normalize(NormalizationForm.FormD).EnumerateRunes())
        {
            if (rune.Value is >= 0x300 and <= 0x36F or 0x200B or 0x200C or 0x200D or 0xFEFF or 0xFE0E or 0xFE0F)
                continue;
            if (Rune.IsWhiteSpace(rune) || Rune.IsPunctuation(rune) || Rune.IsControl(rune))
            {
                if (whole.Length > 0 && whole[^1] != ' ')
                    whole.Append(' ');
            }
            else
            {
                whole.Append(rune.ToString());
            }
        }

        return string.Create(null, $"{whole}").Normalize(NormalizationForm.FormC) is var composed && composed.AsSpan().IndexOfAnyInRange('ァ', 'ヶ') < 0
            ? composed
            : string.Concat(composed.Select(c => c is >= 'ァ' and <= 'ヶ' ? (char)(c - 0x60) : c));
    }

    /// <summary>Whether a script writes words without spaces between them, or joins endings to them, so that a word may begin at any character.</summary>
    public static bool RunsOn(char c) => c is
        >= '\u3040' and <= '\u30FF' // kana
        or >= '\u3400' and <= '\u9FFF' // kanji, hanzi
        or >= '\uAC00' and <= '\uD7A3' // hangul
        or >= '\u0E00' and <= '\u0EFF' // Thai, Lao
        or >= '\u1780' and <= '\u17FF' // Khmer
        or >= '\u1000' and <= '\u109F' // Burmese
        or (>= '\uD800' and <= '\uDBFF'); // emoji and rarer kanji

    /// <summary>Whether one character of a script may be a word: a kanji or a syllable of hangul.</summary>
    public static bool MayBeWord(char c) => c is (>= '\u3400' and <= '\u9FFF') or (>= '\uAC00' and <= '\uD7A3');

    /// <summary>string.Normalize refuses half a surrogate pair.</summary>
    private static string WellFormed(string text)
    {
        var whole = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (rune != Rune.ReplacementChar)
                whole.Append(rune.ToString());
        }

        return whole.ToString();
    }
}
