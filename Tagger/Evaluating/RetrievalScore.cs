namespace Stickers.Tagger.Evaluating;

/// <summary>
/// Quality of ranked answers, averaged over the queries that have at least one relevant item (the others can neither
/// succeed nor fail and are left out).
/// </summary>
public sealed record RetrievalScore
{
    /// <summary>Queries measured: those with a relevant item in their gallery.</summary>
    public required int Queries { get; init; }

    /// <summary>The first K answers are looked at.</summary>
    public required int K { get; init; }

    /// <summary>Mean share of the first K answers that are relevant. Its maximum is below 1 when there are fewer relevant items than K.</summary>
    public required double Precision { get; init; }

    /// <summary>The greatest <see cref="Precision"/> that any ranking could reach: the mean of min(K, relevant) / K.</summary>
    public required double AchievablePrecision { get; init; }

    /// <summary>Mean of (relevant among the first K) / min(K, relevant): 1 when nothing could be better.</summary>
    public required double NormalizedPrecision { get; init; }

    /// <summary>Mean share of the relevant items that are among the first K.</summary>
    public required double Recall { get; init; }

    /// <summary>Measures answers at one K.</summary>
    /// <param name="answers">For each query whether its answers are relevant, best first; shorter than K means that nothing more was found.</param>
    /// <param name="relevant">For each query how many relevant items its gallery has in all.</param>
    /// <param name="k">At least 1.</param>
    /// <returns>The averages, or null when no query has a relevant item.</returns>
    public static RetrievalScore? Measure(IReadOnlyList<IReadOnlyList<bool>> answers, IReadOnlyList<int> relevant, int k)
    {
        ArgumentNullException.ThrowIfNull(answers);
        ArgumentNullException.ThrowIfNull(relevant);
        ArgumentOutOfRangeException.ThrowIfLessThan(k, 1);
        if (answers.Count != relevant.Count)
            throw new ArgumentException($"{answers.Count} answers, but {relevant.Count} counts of relevant items.", nameof(relevant));

        double precision = 0, achievable = 0, normalized = 0, recall = 0;
        var queries = 0;
        for (var query = 0; query < answers.Count; query++)
        {
            var found = answers[query].Take(k).Count(isRelevant => isRelevant);
            if (found > relevant[query])
                throw new ArgumentException($"Query {query} found {found} relevant items of {relevant[query]}.", nameof(relevant));
            if (relevant[query] == 0)
                continue;
            queries++;
            var possible = Math.Min(k, relevant[query]);
            precision += (double)found / k;
            achievable += (double)possible / k;
            normalized += (double)found / possible;
            recall += (double)found / relevant[query];
        }
        return queries == 0 ? null : new RetrievalScore
        {
            Queries = queries,
            K = k,
            Precision = precision / queries,
            AchievablePrecision = achievable / queries,
            NormalizedPrecision = normalized / queries,
            Recall = recall / queries,
        };
    }
}
