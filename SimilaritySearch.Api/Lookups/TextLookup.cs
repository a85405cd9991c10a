using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Serving;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What words find.</summary>
internal static class TextLookup
{
    /// <summary>
    /// Stickers that carry the words; then, where the model knows the words' meaning, others that look like it. Up to a third of the
    /// answer is kept for the latter: a sticker that nobody tagged is found even for the most frequent tag.
    /// </summary>
    public static SearchAnswer Search(ServedPair pair, string text, int k)
    {
        var stickers = pair.Semantic.Snapshot.Stickers;
        var worded = stickers.SearchText(text, StickerDatabase.MaxRows);
        var meant = SearchMeaning(pair, text, worded, k - Math.Min(worded.Count, k - (k / 3)));
        var results = worded.Take(k - meant.Count)
            .Select(hit => new SearchResult(StickerAnswer.Of(stickers.Find(hit.Id)!), MatchKind.Text, hit.Score))
            .Concat(meant)
            .ToList();
        return new SearchAnswer(text, results, pair.Model.Version, pair.Semantic.Version);
    }

    /// <summary>The stickers near the text's meaning among those that do not carry it, nearest first.</summary>
    private static List<SearchResult> SearchMeaning(ServedPair pair, string text, IReadOnlyList<SearchHit> worded, int k)
    {
        var results = new List<SearchResult>(k);
        if (k == 0 || TagVocabulary.Default.Normalize(text) is not { } tag || Meaning(pair.Model, tag) is not { } vector)
            return results;
        var snapshot = pair.Semantic.Snapshot;
        var seen = worded.Select(hit => hit.Id).ToHashSet();
        // Cosines of random unit vectors have a standard deviation of 1 / sqrt(d): what is nearer by less than two of them is chance.
        var floor = 2 / MathF.Sqrt(vector.Length);
        foreach (var hit in snapshot.Search(vector, Math.Min(Snapshot.MaxNeighbours, k + seen.Count)).TakeWhile(hit => hit.Score >= floor))
        {
            // The tag itself is asked for too: of a very frequent one, not all carriers are among the hits for the words.
            if (results.Count < k && !seen.Contains(hit.Id) && snapshot.Stickers.Find(hit.Id) is { } record && !record.Tags.Contains(tag))
                results.Add(new SearchResult(StickerAnswer.Of(record), MatchKind.Semantic, hit.Score));
        }

        return results;
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
