using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Lookups;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Suggesting;

/// <summary>
/// Stickers for what is being typed: names of tags are looked for at the end of the message, finished or not, in any language; the stickers that show those tags best
/// are ranked by how well both fit, and varied. All in memory. Thread-safe.
/// </summary>
internal sealed class Suggester
{
    /// <summary>Longest message; only its end is looked at.</summary>
    public const int MaxText = 2000;

    /// <summary>Most stickers of one answer.</summary>
    public const int MaxCount = 50;

    private const int MostTags = 12;
    private const int MostOfATag = 48;
    private const float OtherLanguage = 0.8f;
    private const float SamePack = 0.8f;
    private const float SameTitle = 0.7f;

    private readonly TagVocabulary _vocabulary;
    private readonly StickersOfTags _stickers;
    private readonly NameTable _names;
    private readonly float[] _popularity;

    public Suggester(ServedSpace semantic, StickerModel model, TagVocabulary vocabulary, CancellationToken cancellation)
    {
        _vocabulary = vocabulary;
        _stickers = new StickersOfTags(semantic, model, cancellation);
        _names = new NameTable(_stickers.Tags, vocabulary);
        var most = Math.Log(1 + _stickers.Counts.DefaultIfEmpty(1).Max());
        _popularity = [.. _stickers.Counts.Select(count => (float)(Math.Log(1 + count) / most))];
    }

    /// <summary>The stickers that fit best, best first.</summary>
    /// <param name="pair">The pair that this was made of.</param>
    /// <param name="text">The message so far.</param>
    /// <param name="locale">Language of the person, or null.</param>
    /// <param name="country">Country of the person, or null.</param>
    /// <param name="count">Most stickers, 1 to <see cref="MaxCount"/>.</param>
    public List<SuggestedSticker> Suggest(ServedPair pair, string text, string? locale, string? country, int count)
    {
        var tags = TagsOf(text, locale, country);
        var found = new Dictionary<int, (float Score, int Tag)>();
        foreach (var (tag, match) in tags)
        {
            var best = _stickers.Best(tag);
            for (var i = 0; i < Math.Min(best.Length, MostOfATag); i++)
            {
                var score = match.Weight * best[i].Score;
                // A sticker of two fitting tags fits better than one of either, but not as if it were two.
                found[best[i].Position] = found.TryGetValue(best[i].Position, out var other)
                    ? (Math.Max(score, other.Score) + (0.25f * Math.Min(score, other.Score)), score > other.Score ? tag : other.Tag)
                    : (score, tag);
            }
        }

        return Varied(pair, [.. found.Select(item => (item.Key, item.Value.Score, item.Value.Tag)).OrderByDescending(item => item.Score).ThenBy(item => item.Key)], tags, count);
    }

    /// <summary>The best of the names that the message ends with, at most one for each tag.</summary>
    private Dictionary<int, (float Weight, string Name)> TagsOf(string text, string? locale, string? country)
    {
        var best = new Dictionary<int, (float Weight, string Name)>();
        var folded = TypedText.Fold(text.Length <= MaxText ? text : text[^MaxText..]);
        foreach (var piece in MessageEnd.Pieces(folded))
        {
            foreach (ref readonly var name in _names.Find(piece.Text, piece.Open))
            {
                var whole = piece.Text.TrimEnd(' ').Length / (float)name.Folded.Length;
                // How much of the name is there, and how much was typed at all: a long piece is no accident.
                var weight = piece.Weight * (0.6f + (0.4f * whole)) * Math.Min(1, 0.7f + (0.06f * piece.Text.Length))
                    * (0.7f + (0.3f * _popularity[name.Tag])) * (Speaks(name.Locale, locale) ? 1 : OtherLanguage);
                if (!best.TryGetValue(name.Tag, out var other) || weight > other.Weight)
                    best[name.Tag] = (weight, name.Written);
            }
        }

        return best.Where(item => _vocabulary.IsAllowedIn(_stickers.Tags[item.Key], country))
            .OrderByDescending(item => item.Value.Weight).ThenBy(item => item.Key).Take(MostTags)
            .ToDictionary(item => item.Key, item => item.Value);
    }

    /// <summary>
    /// Takes the best one after the other. Each pack counts less the more it has given, and so does a title, since packs draw the same things; what looks like one that is
    /// there is left out.
    /// </summary>
    private List<SuggestedSticker> Varied(ServedPair pair, List<(int Position, float Score, int Tag)> ranked, Dictionary<int, (float Weight, string Name)> tags, int count)
    {
        var attributes = pair.Semantic.Attributes;
        var queue = new PriorityQueue<(int Position, float Score, int Tag, float Lowered), (float, int)>();
        for (var rank = 0; rank < ranked.Count; rank++)
            queue.Enqueue((ranked[rank].Position, ranked[rank].Score, ranked[rank].Tag, 1), (-ranked[rank].Score, rank));
        var (packs, titles) = (new Dictionary<string, float>(StringComparer.Ordinal), new Dictionary<string, float>(StringComparer.OrdinalIgnoreCase));
        var (looks, chosen) = (new List<float[]>(), new List<SuggestedSticker>(count));
        var tries = (8 * count) + 64;
        while (chosen.Count < count && tries-- > 0 && queue.TryDequeue(out var next, out var priority))
        {
            if (pair.Semantic.Find(attributes.IdAt(next.Position)) is not { } sticker)
                continue;
            var lowered = packs.GetValueOrDefault(sticker.Pack, 1) * titles.GetValueOrDefault(sticker.Title ?? "", 1);
            if (lowered < next.Lowered)
            {
                var score = next.Score / next.Lowered * lowered;
                queue.Enqueue((next.Position, score, next.Tag, lowered), (-score, priority.Item2));
                continue;
            }

            if (pair.Visual.Snapshot.Vector(attributes.IdAt(next.Position)) is { } look)
            {
                if (looks.Exists(other => TensorPrimitives.Dot<float>(look, other) >= Arrangement.SameLook))
                    continue;
                looks.Add(look);
            }

            packs[sticker.Pack] = packs.GetValueOrDefault(sticker.Pack, 1) * SamePack;
            if (sticker.Title is { } title)
                titles[title] = titles.GetValueOrDefault(title, 1) * SameTitle;
            chosen.Add(new SuggestedSticker(sticker.Id, sticker.Image, sticker.Title, sticker.Pack, _stickers.Tags[next.Tag], tags[next.Tag].Name, next.Score));
        }

        return chosen;
    }

    private static bool Speaks(string language, string? locale) =>
        locale is null || language.Length == 0
        || (locale.StartsWith(language, StringComparison.OrdinalIgnoreCase) && (locale.Length == language.Length || locale[language.Length] is '-' or '_'));
}
