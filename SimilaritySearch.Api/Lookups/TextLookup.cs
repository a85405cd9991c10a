using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.SimilaritySearch.Filtering;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What words find.</summary>
internal sealed class TextLookup(ServedPair pair, string text, SimilarQuery query, CancellationToken cancellation)
{
    /// <summary>By so many a ranking of words grows.</summary>
    private const int DepthStep = 1000;

    private readonly ServedSpace _space = pair.Semantic;
    private readonly PassingStickers? _passing = pair.Semantic.Passing(query.Audience.Canonical(query.Filter, pair.Vocabulary));
    private readonly string? _tag = pair.Vocabulary.Normalize(text, query.Audience.Language) ?? pair.Vocabulary.Normalize(text);

    /// <summary>
    /// Stickers that carry the words; then, where the model knows the words' meaning, others that look like it. Up to a third of a page
    /// is kept for the latter: a sticker that nobody tagged is found even for the most frequent tag.
    /// </summary>
    public SearchAnswer Answer()
    {
        var name = $"search?{query.Text}";
        var (wordedBefore, meantBefore) = PageCursor.Read(query.Cursor, name, pair);
        List<SearchHit> worded, meant;
        int room;
        using (LookupTelemetry.Measure(Phase.Search))
        {
            worded = Worded(wordedBefore + query.Count + 1);
            room = query.Count - Math.Min(worded.Count - wordedBefore, query.Count - (query.Count / 3));
            meant = Meant(worded, meantBefore + room + 1);
        }

        using var metadata = LookupTelemetry.Measure(Phase.Metadata);
        var wordedNow = worded.Skip(wordedBefore).Take(query.Count - Math.Clamp(meant.Count - meantBefore, 0, room)).ToList();
        var meantNow = meant.Skip(meantBefore).Take(query.Count - wordedNow.Count).ToList();
        var items = new List<SearchResult>(query.Count);
        var looks = new List<float[]?>(query.Count);
        var copies = new List<List<string>>(query.Count);
        Add(wordedNow, MatchKind.Text);
        Add(meantNow, MatchKind.Semantic);
        var (w, m) = (wordedBefore + wordedNow.Count, meantBefore + meantNow.Count);
        var next = w < worded.Count || m < meant.Count ? PageCursor.Write(w, m, name, pair) : null;
        return new SearchAnswer(text, items, next, pair.Model.Version, _space.Version);

        void Add(List<SearchHit> hits, MatchKind match)
        {
            foreach (var hit in hits)
            {
                var look = query.Collapse ? pair.Visual.Snapshot.Vector(hit.Id) : null;
                var same = look is null ? -1 : looks.FindIndex(other => other is not null && TensorPrimitives.Dot<float>(look, other) >= Arrangement.SameLook);
                if (same >= 0)
                {
                    copies[same].Add(hit.Id.ToString());
                    items[same] = items[same] with { Copies = copies[same] };
                }
                else if (_space.Find(hit.Id) is { } sticker)
                {
                    items.Add(new SearchResult(pair.Show(sticker, query.Audience), match, hit.Score));
                    looks.Add(look);
                    copies.Add([]);
                }
            }
        }
    }

    /// <summary>By the words as they are written, and by the tag that they name in whatever language; nothing where the tag may not be searched for.</summary>
    /// <param name="wanted">How many are needed at least, where there are as many.</param>
    private List<SearchHit> Worded(int wanted)
    {
        if (_tag is not null && !pair.Vocabulary.IsAllowedIn(_tag, query.Audience.Country))
            return [];
        // Always whole steps: the next page goes on in the very same ranking.
        var depth = Math.Min(StickerDatabase.MaxHits, (wanted + DepthStep - 1) / DepthStep * DepthStep);
        Func<StickerId, bool>? passes = _passing is null ? null : id => _passing.Set.Contains(_space.Attributes.PositionOf(id));
        var hits = _space.Snapshot.Stickers.SearchText(text, depth, passes);
        return _tag is null || pair.Vocabulary.Find(_tag) is null
            ? [.. hits]
            : [.. _space.Snapshot.Stickers.SearchText(_tag, depth, passes).Concat(hits).GroupBy(hit => hit.Id).Select(same => same.MaxBy(hit => hit.Score)).OrderByDescending(hit => hit.Score).Take(depth)];
    }

    /// <summary>The stickers near the text's meaning among those that do not carry it, nearest first.</summary>
    private List<SearchHit> Meant(List<SearchHit> worded, int k)
    {
        var found = new List<SearchHit>(k);
        if (_tag is not { } tag || !pair.Vocabulary.IsAllowedIn(tag, query.Audience.Country) || Meaning(pair.Model, tag) is not { } vector)
            return found;
        var seen = worded.Select(hit => hit.Id).ToHashSet();
        // Cosines of random unit vectors have a standard deviation of 1 / sqrt(d): what is nearer by less than two of them is chance.
        var floor = 2 / MathF.Sqrt(vector.Length);
        var wanted = Math.Min(Snapshot.MaxNeighbours, k + seen.Count);
        foreach (var hit in _space.Snapshot.Search(vector, wanted, _passing?.Filter, exclude: null, cancellation).TakeWhile(hit => hit.Score >= floor))
        {
            // The tag itself is asked for too: of a very frequent one, not all carriers are among the hits for the words.
            if (found.Count < k && !seen.Contains(hit.Id) && _space.Find(hit.Id) is { } sticker && !sticker.Tags.Contains(tag))
                found.Add(hit);
        }

        return found;
    }

    /// <summary>The unit vector of a canonical tag, or of several whose words make it up; null when a word is unknown.</summary>
    private static float[]? Meaning(StickerModel model, string tag)
    {
        if (model.TagVector(tag) is { } vector)
            return vector;
        var sum = new float[model.SemanticDimension];
        foreach (var word in tag.Split(' '))
        {
            if (model.TagVector(word) is not { } part)
                return null;
            TensorPrimitives.Add(sum, part, sum);
        }

        var norm = TensorPrimitives.Norm<float>(sum);
        if (norm < 1e-6f)
            return null;
        TensorPrimitives.Divide(sum, norm, sum);
        return sum;
    }
}
