namespace Stickers.Tagger.Evaluating;

/// <summary>Quality of the neighbours in the visual and the semantic space, beside those on 16x16 pixels.</summary>
internal static class RetrievalMeasure
{
    public const string SameConcept = "same concept in another pack";
    public const string SharedTag = "at least one tag in common";

    private static readonly int[] Ks = [1, 5, 10];

    /// <summary>The three spaces; the two learned ones by cosine, pixels by distance.</summary>
    private static IEnumerable<(string Name, VectorTable All, VectorTable Views, bool Cosine)> Spaces(EvaluationData data) =>
    [
        ("visual", data.Visual, data.VisualOfViews, true),
        ("semantic", data.Semantic, data.SemanticOfViews, true),
        ("pixels", data.Pixels, data.PixelsOfViews, false),
    ];

    /// <summary>
    /// Queries are measured stickers with a concept, the gallery all stickers of other packs, and those of the same concept are
    /// relevant. A concept has few of them, so look at the normalised precision beside the plain one.
    /// </summary>
    public static IReadOnlyList<NeighbourScore> Concepts(EvaluationData data, CancellationToken cancellation)
    {
        var packs = Numbers(data.Stickers.Select(sticker => sticker.Pack));
        var concepts = Numbers(data.Stickers.Select(sticker => sticker.Concept));
        var inConcept = concepts.Where(concept => concept >= 0).CountBy(concept => concept).ToDictionary();
        var inPack = concepts.Zip(packs).Where(pair => pair.First >= 0).CountBy(pair => pair).ToDictionary();
        var queries = data.Measured.Where(row => concepts[row] >= 0).ToArray();
        var relevant = queries.Select(row => inConcept[concepts[row]] - inPack[(concepts[row], packs[row])]).ToArray();
        return Measure(SameConcept, data, queries, relevant,
            (query, row) => packs[row] != packs[query],
            (query, row) => concepts[row] == concepts[query], cancellation);
    }

    /// <summary>
    /// Queries are measured stickers with a vocabulary tag, the gallery all others (known near duplicates of the query left
    /// out), and those with a vocabulary tag in common are relevant.
    /// </summary>
    public static IReadOnlyList<NeighbourScore> Tags(EvaluationData data, CancellationToken cancellation)
    {
        var groups = Numbers(data.Stickers.Select(sticker => sticker.DuplicateGroup));
        bool Allowed(int query, int row) => row != query && (groups[row] < 0 || groups[row] != groups[query]);
        bool Relevant(int query, int row) => data.Labels[query].AsSpan().ContainsAny(data.Labels[row]);

        var carriers = new Dictionary<int, List<int>>();
        for (var row = 0; row < data.Labels.Count; row++)
        {
            foreach (var tag in data.Labels[row])
                (carriers.TryGetValue(tag, out var rows) ? rows : carriers[tag] = []).Add(row);
        }
        var queries = data.Measured.Where(row => data.Labels[row].Length > 0).ToArray();
        var relevant = queries.Select(query => data.Labels[query].SelectMany(tag => carriers[tag]).Distinct().Count(row => Allowed(query, row))).ToArray();
        return Measure(SharedTag, data, queries, relevant, Allowed, Relevant, cancellation);
    }

    /// <summary>Queries are the views of measured stickers, the gallery the originals of all.</summary>
    public static IReadOnlyList<ViewScore> Views(EvaluationData data, CancellationToken cancellation)
    {
        var groups = Numbers(data.Stickers.Select(sticker => sticker.DuplicateGroup));
        var scores = new List<ViewScore>();
        foreach (var (space, all, views, cosine) in Spaces(data))
        {
            var found = Search(all, views, 10, cosine, null, cancellation);
            Proportion Share(int k, bool duplicates) => new(
                Enumerable.Range(0, found.Length).Count(i => found[i].Take(k).Any(hit =>
                    hit.Row == data.Measured[i] || (duplicates && groups[hit.Row] >= 0 && groups[hit.Row] == groups[data.Measured[i]]))),
                found.Length);
            scores.Add(new ViewScore(space, Share(1, false), Share(10, false), Share(1, true), Share(10, true)));
        }
        return scores;
    }

    /// <summary>Queries are the tags with enough positives, the gallery the measured stickers, and those that carry the tag are relevant.</summary>
    /// <param name="data">The measured stickers.</param>
    /// <param name="tagging">Their labels and scores.</param>
    /// <param name="tagVectors">Each tag's unit vector in the semantic space, in vocabulary order.</param>
    /// <param name="minPositives">Tags with fewer positives are no queries.</param>
    /// <param name="cancellation">Stops the search.</param>
    public static IReadOnlyList<TextScore> Text(EvaluationData data, TaggingMeasure tagging, VectorTable tagVectors, int minPositives, CancellationToken cancellation)
    {
        const int K = 5;
        var truth = tagging.Truth;
        var tags = Enumerable.Range(0, truth.Tags).Where(tag => truth.Positives(tag) >= minPositives).ToArray();
        var relevant = tags.Select(truth.Positives).ToArray();
        TextScore Score(string system, Func<int, IEnumerable<int>> first) => new(
            system, RetrievalScore.Measure([.. tags.Select(tag => first(tag).Take(K).Select(sticker => truth[sticker, tag]).ToArray())], relevant, K));

        // Equal scores in the order of the ids: those are hashes, so no pack is favoured.
        var byId = Enumerable.Range(0, truth.Stickers).OrderBy(sticker => data.Stickers[data.Measured[sticker]].Id.Value).ToArray();
        Func<int, IEnumerable<int>> ByScore(float[] scores) => tag => byId.OrderByDescending(sticker => scores[sticker * truth.Tags + tag]);

        var stickers = Rows(data.Semantic, data.Measured);
        var found = NeighbourSearch.ByInnerProduct(stickers, tagVectors, K, null, cancellation);
        return
        [
            Score("the tag's vector among the semantic vectors", tag => found[tag].Select(hit => hit.Row)),
            Score("the network's score of the tag", ByScore(tagging.Scores)),
            Score(TaggingMeasure.Pixels, ByScore(tagging.PixelScores)),
        ];
    }

    /// <summary>Nearest stickers of a few measured ones, for people to look at: rows without the query itself, best first.</summary>
    public static IReadOnlyList<(string Space, int Query, IReadOnlyList<int> Found)> Samples(EvaluationData data, IReadOnlyList<int> queries, int k, CancellationToken cancellation)
    {
        var samples = new List<(string, int, IReadOnlyList<int>)>();
        foreach (var (space, all, _, cosine) in Spaces(data).Where(space => space.Cosine))
        {
            var found = Search(all, Rows(all, queries), k, cosine, (i, row) => row != queries[i], cancellation);
            samples.AddRange(queries.Select((query, i) => (space, query, (IReadOnlyList<int>)[.. found[i].Select(hit => hit.Row)])));
        }
        return samples;
    }

    private static List<NeighbourScore> Measure(string task, EvaluationData data, int[] queries, int[] relevant, Func<int, int, bool> allowed, Func<int, int, bool> isRelevant, CancellationToken cancellation)
    {
        var scores = new List<NeighbourScore>();
        foreach (var (space, all, _, cosine) in Spaces(data))
        {
            var found = Search(all, Rows(all, queries), Ks[^1], cosine, (i, row) => allowed(queries[i], row), cancellation);
            var answers = found.Select((hits, i) => hits.Select(hit => isRelevant(queries[i], hit.Row)).ToArray()).ToArray();
            scores.Add(new NeighbourScore(task, space, [.. Ks.Select(k => RetrievalScore.Measure(answers, relevant, k)).OfType<RetrievalScore>()]));
        }
        return scores;
    }

    private static Neighbour[][] Search(VectorTable gallery, VectorTable queries, int k, bool cosine, Func<int, int, bool>? allowed, CancellationToken cancellation)
        => cosine ? NeighbourSearch.ByInnerProduct(gallery, queries, k, allowed, cancellation) : NeighbourSearch.ByDistance(gallery, queries, k, allowed, cancellation);

    private static VectorTable Rows(VectorTable all, IReadOnlyList<int> rows)
    {
        var chosen = new VectorTable(all.Dimension, rows.Count);
        foreach (var row in rows)
            chosen.Add(all[row]);
        return chosen;
    }

    /// <summary>Equal names get equal numbers; null gets -1.</summary>
    private static int[] Numbers(IEnumerable<string?> names)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        return [.. names.Select(name => name is null ? -1 : numbers.TryGetValue(name, out var number) ? number : numbers[name] = numbers.Count)];
    }
}
