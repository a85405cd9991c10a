using System.Diagnostics;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>What a version was measured to find.</summary>
public sealed record IndexVerification
{
    /// <summary>The space.</summary>
    public required EmbeddingSpace Space { get; init; }

    /// <summary>The version.</summary>
    public required string Version { get; init; }

    /// <summary>recall@10 against exact search, on queries that are in no index.</summary>
    public required double RecallAt10 { get; init; }

    /// <summary>Lower end of its 95 % confidence interval.</summary>
    public required double RecallLow { get; init; }

    /// <summary>Upper end of it.</summary>
    public required double RecallHigh { get; init; }

    /// <summary>Share of stickers that find themselves first when asked for by their own vector.</summary>
    public required double SelfRecall { get; init; }

    /// <summary>Queries that recall was measured on: fewer than were wanted where they are asked by their tags and some have none.</summary>
    public required int Queries { get; init; }

    /// <summary>Median time of one query on one thread, milliseconds.</summary>
    public required double MedianMilliseconds { get; init; }

    /// <summary>Time that 99 % of queries stay below, milliseconds.</summary>
    public required double P99Milliseconds { get; init; }

    /// <summary>Wall time, seconds.</summary>
    public required double Seconds { get; init; }

    /// <summary>
    /// Checks all files of a version against its manifest, and measures what it finds against exact search over the embeddings that it was made of.
    /// </summary>
    /// <param name="store">The store.</param>
    /// <param name="space">The space.</param>
    /// <param name="version">The version; null for the one that is served.</param>
    /// <param name="queries">Number of queries, 1 to 100,000.</param>
    /// <param name="candidates">Where to look. Candidates by tags are those that share one with the sticker that a query is made of; stickers without tags are not asked about.</param>
    /// <param name="progress">Told how far it is.</param>
    /// <param name="cancellation">Stops it.</param>
    /// <exception cref="FileNotFoundException">The version or its embeddings do not exist.</exception>
    /// <exception cref="InvalidDataException">A file is damaged, or the embeddings are not those that the index was made of.</exception>
    public static async Task<IndexVerification> RunAsync(
        ObjectStore store, EmbeddingSpace space, string? version = null, int queries = VectorSurvey.QueryCount, CandidateSource candidates = CandidateSource.Lists, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfLessThan(queries, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(queries, 100_000);
        var clock = Stopwatch.StartNew();
        progress?.Report(new JobProgress("check", 0, null, "files"));
        using var snapshot = version is null ? await Snapshot.OpenCurrentAsync(store, space, cancellation) : await Snapshot.OpenAsync(store, space, version, cancellation);
        var manifest = snapshot.Manifest;
        var embeddings = await EmbeddingSet.OpenAsync(store, manifest.Model, manifest.Catalogue, cancellation);
        if (embeddings.ContentHash != manifest.EmbeddingsHash)
        {
            throw new InvalidDataException(
                $"The {space.Name()} index {manifest.Version} was made of embeddings with content hash {manifest.EmbeddingsHash}; those of catalogue {manifest.Catalogue} by model {manifest.Model} have {embeddings.ContentHash} now. "
                + "It cannot be measured against vectors that are gone: update or build it (stickers index update).");
        }

        var source = new VectorSource(embeddings, space);
        var survey = await VectorSurvey.ReadAsync(source, 0, done => Report("sample", done), cancellation, queries);
        var measure = new RecallMeasure(survey, source.Dimension);
        var compared = 0L;
        await foreach (var batch in source.ReadBatchesAsync(survey.Rows, cancellation))
        {
            measure.Offer(batch.Ids, batch.Vectors);
            Report("compare", compared += batch.Ids.Count);
        }

        progress?.Report(new JobProgress("search", 0, queries, "queries"));
        var measured = measure.Measure(snapshot.Vectors, [], 0, cancellation);
        var self = measured.SelfRecall;
        var tags = candidates == CandidateSource.Lists ? [] : survey.QueryIds.Select(id => new TagCandidates([.. snapshot.Stickers.Find(id)?.CountedTags ?? []], candidates == CandidateSource.Both)).ToArray();
        if (candidates != CandidateSource.Lists)
        {
            measured = measure.Measure(snapshot.Vectors, q =>
                tags[q].Tags.Count == 0 ? null : snapshot.Vectors.SearchAmong(measure.Query(q), RecallMeasure.Neighbours, tags[q], cancellation: cancellation));
        }

        var times = Times(survey.QueryIds.Count, q => _ = tags is []
            ? snapshot.Vectors.Search(measure.Query(q), RecallMeasure.Neighbours, cancellation: cancellation)
            : snapshot.Vectors.SearchAmong(measure.Query(q), RecallMeasure.Neighbours, tags[q], cancellation: cancellation));
        return new IndexVerification
        {
            Space = space,
            Version = manifest.Version,
            RecallAt10 = measured.Recall,
            RecallLow = measured.Low,
            RecallHigh = measured.High,
            SelfRecall = self,
            Queries = measured.Queries,
            MedianMilliseconds = times[times.Length / 2],
            P99Milliseconds = times[(int)Math.Ceiling(times.Length * 0.99) - 1],
            Seconds = clock.Elapsed.TotalSeconds,
        };

        void Report(string stage, long done) => progress?.Report(new JobProgress(stage, done, source.Count, "vectors"));
    }

    private static double[] Times(int queries, Action<int> search)
    {
        var times = new double[queries];
        for (var q = 0; q < times.Length; q++)
        {
            var start = Stopwatch.GetTimestamp();
            search(q);
            times[q] = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
        }

        Array.Sort(times);
        return times;
    }
}
