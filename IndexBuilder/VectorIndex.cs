using Faiss;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>What an index was measured to find.</summary>
/// <param name="NProbe">Inverted lists to visit per query; 0 when it means nothing.</param>
/// <param name="Recall">recall@10 with that setting.</param>
/// <param name="Queries">Queries that it was measured on.</param>
internal sealed record MeasuredRecall(int NProbe, double Recall, int Queries);

/// <summary>Trains, fills and measures the Faiss index of a snapshot.</summary>
internal static class VectorIndex
{
    /// <summary>Recall that a larger nprobe is tried for, up to the plan's last.</summary>
    public const double RecallWanted = 0.99;

    private const int Neighbours = 10;
    private const int BatchRows = 4096;

    /// <summary>Writes the index file.</summary>
    public static async Task<MeasuredRecall> BuildAsync(IndexInputs inputs, string path, Action<string, long> progress, CancellationToken cancellation)
    {
        // Training and filling lists gain from a team of threads and give the same bytes with any; copying whole vectors does not gain.
        var threads = inputs.Plan.TrainingVectors > 0 ? Environment.ProcessorCount : 1;
        var sample = await VectorSample.DrawAsync(inputs, done => progress("sample", done), cancellation);
        using var index = FaissIndex.Create(inputs.Dimension, inputs.Plan.Factory, MetricType.InnerProduct);
        index.EnableReconstruct();
        if (!index.IsTrained)
        {
            progress("train", 0);
            await Task.Run(() => index.Train(sample.Training, threads), cancellation);
        }

        // One more neighbour than is counted, because each query finds itself.
        var truth = new ExactSearch(sample.Queries, inputs.Dimension, Neighbours + 1);
        await FillAsync(index, inputs, truth, threads, progress, cancellation);
        var measured = Measure(index, inputs.Plan, sample, truth);
        index.Save(path);
        return measured;
    }

    private static async Task FillAsync(FaissIndex index, IndexInputs inputs, ExactSearch truth, int threads, Action<string, long> progress, CancellationToken cancellation)
    {
        var vectors = new float[BatchRows * inputs.Dimension];
        var ids = new long[BatchRows];
        var rows = 0;
        await foreach (var embedding in inputs.Embeddings.ReadAsync(cancellation))
        {
            var vector = inputs.VectorOf(embedding);
            truth.Add(embedding.Id, vector);
            vector.CopyTo(vectors, rows * inputs.Dimension);
            ids[rows++] = embedding.Id.Value;
            if (rows == BatchRows)
                Flush();
        }

        Flush();

        void Flush()
        {
            index.AddWithIds(vectors.AsSpan(0, rows * inputs.Dimension), ids.AsSpan(0, rows), threads);
            rows = 0;
            progress("index", index.Count);
        }
    }

    private static MeasuredRecall Measure(FaissIndex index, IndexPlan plan, VectorSample sample, ExactSearch truth)
    {
        MeasuredRecall? measured = null;
        foreach (var nprobe in plan.NProbe.DefaultIfEmpty(0))
        {
            measured = new MeasuredRecall(nprobe, Recall(index, nprobe, sample, truth, plan.KeepsWholeVectors), truth.Count);
            if (measured.Recall >= RecallWanted)
                break;
        }

        return measured!;
    }

    /// <summary>
    /// Share of the true neighbours found. Where scores are exact, one as near as the last true neighbour counts as true: stickers come in copies.
    /// </summary>
    private static double Recall(FaissIndex index, int nprobe, VectorSample sample, ExactSearch truth, bool exactScores)
    {
        const int k = Neighbours + 1;
        const float rounding = 1e-5f;
        var d = index.Dimension;
        var (scores, ids) = (new float[k], new long[k]);
        long found = 0, wanted = 0;
        for (var q = 0; q < truth.Count; q++)
        {
            var self = sample.QueryIds[q];
            var nearest = truth.Nearest(q).ToArray().Where(hit => hit.Id != self).Take(Neighbours).ToArray();
            wanted += nearest.Length;
            if (nearest.Length == 0)
                continue;
            index.Search(sample.Queries.Slice(q * d, d), k, scores, ids, new SearchParameters { NProbe = nprobe });
            var hits = ids.Zip(scores).Where(hit => hit.First >= 0 && hit.First != self.Value).Take(Neighbours);
            found += hits.Count(hit => nearest.Contains(hit.First) || (exactScores && hit.Second >= nearest[^1].Score - rounding));
        }

        return wanted == 0 ? 1 : found / (double)wanted;
    }

    private static bool Contains(this SearchHit[] hits, long id) => hits.Any(hit => hit.Id.Value == id);
}
