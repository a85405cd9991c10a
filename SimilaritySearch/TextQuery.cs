using System.Globalization;
using System.Text;

namespace Stickers.SimilaritySearch;

/// <summary>Turns what a person types into FTS5 query expressions. Only words reach them, each quoted, so no input is syntax.</summary>
internal static class TextQuery
{
    /// <summary>Longest text, characters.</summary>
    public const int MaxLength = 200;

    /// <summary>Most words that are looked at; later ones are left out.</summary>
    public const int MaxWords = 12;

    /// <summary>The words of a text: runs of letters, marks, digits and symbols such as emoji, as the database's tokenizer cuts them.</summary>
    public static IReadOnlyList<string> Words(string text)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        foreach (var rune in text.Normalize(NormalizationForm.FormKC).EnumerateRunes())
        {
            if (IsWordRune(rune))
            {
                word.Append(rune);
                continue;
            }

            End();
        }

        End();
        return words;

        void End()
        {
            if (word.Length > 0 && words.Count < MaxWords)
                words.Add(word.ToString());
            word.Clear();
        }
    }

    /// <summary>All words in the given columns together; the last one may go on where <paramref name="prefix"/> says so.</summary>
    public static string Expression(string columns, IReadOnlyList<string> words, bool prefix)
    {
        var parts = words.Select((word, i) => prefix && i == words.Count - 1 ? $"\"{word}\" *" : $"\"{word}\"");
        return $"{{{columns}}} : ({string.Join(" AND ", parts)})";
    }

    private static bool IsWordRune(Rune rune) => Rune.GetUnicodeCategory(rune) is
        UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
        or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
        or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber or UnicodeCategory.PrivateUse
        or UnicodeCategory.OtherSymbol;
}
