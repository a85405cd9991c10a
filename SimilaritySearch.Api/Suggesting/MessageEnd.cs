namespace Stickers.SimilaritySearch.Api.Suggesting;

/// <summary>A piece of a message that may be the name of a tag.</summary>
/// <param name="Text">Folded.</param>
/// <param name="Open">Whether the person may still be typing it: it is then the beginning of a name, too.</param>
/// <param name="Weight">How much it counts, 0 to 1: the end of the message counts most.</param>
internal readonly record struct Piece(string Text, bool Open, float Weight);

/// <summary>Cuts the end of an unfinished message into pieces.</summary>
internal static class MessageEnd
{
    /// <summary>Characters that are looked at.</summary>
    public const int Longest = 48;

    private const int MostWords = 4;
    private const int MostRunOn = 12;
    private const float Earlier = 0.45f;

    /// <summary>The pieces of a folded message, longest at its end first.</summary>
    public static List<Piece> Pieces(string folded)
    {
        var pieces = new List<Piece>();
        var finished = folded.EndsWith(' ');
        var text = folded.TrimEnd(' ');
        if (text.Length > Longest)
            text = text[^Longest..].TrimStart(' ');
        if (text.Length == 0)
            return pieces;
        var starts = Starts(text);
        foreach (var start in starts)
        {
            var piece = text[start..];
            // One letter or kana begins too much to mean anything, unless it is all there is.
            if (piece.Length == 1 && !TypedText.MayBeWord(piece[0]) && start > 0)
                continue;
            // A finished word is a name, or a whole word of a longer one: it does not go on as another word.
            var whole = finished && !TypedText.RunsOn(piece[^1]);
            pieces.Add(new Piece(whole ? piece + " " : piece, Open: true, 1));
            if (whole)
                pieces.Add(new Piece(piece, Open: false, 1));
        }

        // What was finished before the end still says what the message is about.
        foreach (var start in starts)
        {
            foreach (var end in starts)
            {
                if (end > start && text[start..end].TrimEnd() is { Length: > 1 } earlier)
                    pieces.Add(new Piece(earlier, Open: false, Earlier));
            }
        }

        return pieces;
    }

    /// <summary>Where a name may begin, first to last: at words, and at each character of a script that runs on.</summary>
    private static List<int> Starts(string text)
    {
        var starts = new List<int>();
        var (words, runOn) = (0, 0);
        for (var i = text.Length - 1; i >= 0 && words < MostWords && runOn < MostRunOn; i--)
        {
            if (text[i] == ' ' || char.IsLowSurrogate(text[i]))
                continue;
            var begins = i == 0 || text[i - 1] == ' ';
            if (TypedText.RunsOn(text[i]))
            {
                starts.Add(i);
                runOn++;
            }
            else if (begins || TypedText.RunsOn(text[i - 1]) || char.IsLowSurrogate(text[i - 1]))
            {
                starts.Add(i);
            }

            if (begins)
                words++;
        }

        starts.Reverse();
        return starts;
    }
}
