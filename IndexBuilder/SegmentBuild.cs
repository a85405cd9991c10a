using Faiss;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.IndexBuilder;

/// <summary>Writes the files of a segment that holds all vectors of a source.</summary>
internal static class SegmentBuild
{
    private const int BatchRows = 4096;

    /// <summary>Writes rows and vectors, and shows each vector to the measure.</summary>
    /// <param name="source">The vectors.</param>
    /// <param name="survey">What is known of them.</param>
    /// <param name="plan">What to build.</param>
    /// <param name="measure">Shown every vector.</param>
    /// <param name="scratch">Where the files go, under the names that the manifest will give.</param>
    /// <param name="progress">Told how many vectors are in.</param>
    /// <param name="cancellation">Stops the build.</param>
    public static async Task<SnapshotSegment> WriteAsync(
        VectorSource source, VectorSurvey survey, IndexPlan plan, RecallMeasure measure, ScratchFolder scratch, Action<string, long> progress, CancellationToken cancellation)
    {
        survey.Rows.Write(scratch.File(SnapshotManifest.RowsFile));
        if (plan.IsExact)
        {
            using var writer = ExactIndexWriter.Create(scratch.File(SnapshotManifest.ExactFile), survey.Rows.Count, source.Dimension);
            await StreamAsync(source, survey, measure, done => progress("index", done), Set, cancellation);
            writer.Complete();

            void Set(long[] rows, float[] vectors)
            {
                for (var i = 0; i < rows.Length; i++)
                    writer.Set(rows[i], vectors.AsSpan(i * source.Dimension, source.Dimension));
            }

            return new SnapshotSegment(SnapshotSegment.Exact, SnapshotManifest.RowsFile, SnapshotManifest.ExactFile, null, survey.Rows.Count, survey.Rows.Count);
        }

        using var index = FaissIndex.Create(source.Dimension, plan.Factory, MetricType.InnerProduct);
        index.EnableReconstruct();
        progress("train", 0);
        await Task.Run(() => index.Train(survey.Training, Environment.ProcessorCount), cancellation);
        survey.ForgetTraining();
        // Filling lists gains from a team of threads and gives the same bytes with any.
        await StreamAsync(source, survey, measure, done => progress("index", done), Add, cancellation);
        index.Save(scratch.File(SnapshotManifest.IndexFile));
        return new SnapshotSegment(SnapshotSegment.Faiss, SnapshotManifest.RowsFile, SnapshotManifest.IndexFile, null, survey.Rows.Count, survey.Rows.Count);

        void Add(long[] rows, float[] vectors) => index.AddWithIds(vectors.AsSpan(0, rows.Length * source.Dimension), rows, Environment.ProcessorCount);
    }

    /// <summary>Streams all vectors in batches: their rows, and the vectors, row-major.</summary>
    internal static async Task StreamAsync(
        VectorSource source, VectorSurvey survey, RecallMeasure measure, Action<long> progress, Action<long[], float[]> take, CancellationToken cancellation)
    {
        var vectors = new float[BatchRows * source.Dimension];
        var ids = new List<StickerId>(BatchRows);
        long done = 0;
        await foreach (var (id, vector) in source.ReadAsync(cancellation))
        {
            vector.CopyTo(vectors, ids.Count * source.Dimension);
            ids.Add(id);
            if (ids.Count == BatchRows)
                Flush();
        }

        Flush();

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            measure.Offer(ids, vectors.AsMemory(0, ids.Count * source.Dimension));
            take([.. ids.Select(survey.Rows.RowOf)], vectors);
            done += ids.Count;
            ids.Clear();
            progress(done);
        }
    }
}
