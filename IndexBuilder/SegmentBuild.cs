using Stickers.Catalogue;
using Stickers.IndexBuilder.Sharding;
using Stickers.SimilaritySearch;
using Stickers.SimilaritySearch.Coded;
using Stickers.SimilaritySearch.Exact;
using Stickers.Storage;

namespace Stickers.IndexBuilder;

/// <summary>Writes the files of a segment that holds all vectors of a source.</summary>
internal static class SegmentBuild
{
    private const int BatchRows = 4096;

    /// <summary>Writes rows and vectors, and shows each vector to the measure.</summary>
    /// <param name="store">Where shards lie meanwhile.</param>
    /// <param name="inputs">The vectors, and what to build.</param>
    /// <param name="survey">What is known of them.</param>
    /// <param name="measure">Shown every vector.</param>
    /// <param name="scratch">Where the files go, under the names that the manifest will give.</param>
    /// <param name="distribute">Lets other processes make shards; null to make all here.</param>
    /// <param name="progress">Told how many vectors are in.</param>
    /// <param name="cancellation">Stops the build.</param>
    public static async Task<SnapshotSegment> WriteAsync(
        ObjectStore store, ShardInputs inputs, VectorSurvey survey, RecallMeasure measure, ScratchFolder scratch, Func<Task>? distribute, Action<string, long> progress, CancellationToken cancellation)
    {
        var (source, plan) = (inputs.Vectors, inputs.Plan);
        survey.Rows.Write(scratch.File(SnapshotManifest.RowsFile));
        if (plan.IsExact)
        {
            using var writer = ExactIndexWriter.Create(scratch.File(SnapshotManifest.ExactFile), survey.Rows.Count, source.Dimension);
            await StreamAsync(source, survey, measure, done => progress("index", done), Set, cancellation);
            writer.Complete();

            void Set(VectorBatch batch)
            {
                for (var i = 0; i < batch.Rows.Length; i++)
                    writer.Set(batch.Rows[i], batch.Vectors.Span.Slice(i * source.Dimension, source.Dimension));
            }

            return new SnapshotSegment(SnapshotSegment.Exact, SnapshotManifest.RowsFile, SnapshotManifest.ExactFile, null, survey.Rows.Count, survey.Rows.Count);
        }

        if (plan.CodedLists > 0)
        {
            progress("train", 0);
            var path = scratch.File(SnapshotManifest.CodedFile);
            using var coded = await Task.Run(() => CodedIndexWriter.Create(path, survey.Rows.Count, source.Dimension, plan.CodedLists, survey.Training.ToArray(), inputs.Codes, cancellation), cancellation);
            survey.ForgetTraining();
            await StreamAsync(source, survey, null, done => progress("group", done), batch => coded.Assign(batch.Rows, batch.Vectors, cancellation), cancellation);
            await StreamAsync(source, survey, measure, done => progress("index", done), batch => coded.Write(batch.Rows, batch.Vectors.Span, inputs.Codes is null ? null : batch.Codes), cancellation);
            coded.Complete();
            return new SnapshotSegment(SnapshotSegment.Coded, SnapshotManifest.RowsFile, SnapshotManifest.CodedFile, null, survey.Rows.Count, survey.Rows.Count);
        }

        await ShardedBuild.WriteAsync(store, inputs, survey, measure, scratch, distribute, progress, cancellation);
        return new SnapshotSegment(SnapshotSegment.Faiss, SnapshotManifest.RowsFile, SnapshotManifest.IndexFile, null, survey.Rows.Count, survey.Rows.Count);
    }

    /// <summary>Streams all vectors in batches.</summary>
    internal static async Task StreamAsync(
        VectorSource source, VectorSurvey survey, RecallMeasure? measure, Action<long> progress, Action<VectorBatch> take, CancellationToken cancellation)
    {
        var vectors = new float[BatchRows * source.Dimension];
        var (ids, codes) = (new List<StickerId>(BatchRows), new List<byte[]>(BatchRows));
        long done = 0;
        await foreach (var (id, vector, code) in source.ReadAsync(cancellation))
        {
            vector.CopyTo(vectors, ids.Count * source.Dimension);
            ids.Add(id);
            codes.Add(code);
            if (ids.Count == BatchRows)
                Flush();
        }

        Flush();

        void Flush()
        {
            cancellation.ThrowIfCancellationRequested();
            measure?.Offer(ids, vectors.AsMemory(0, ids.Count * source.Dimension));
            take(new VectorBatch([.. ids.Select(survey.Rows.RowOf)], vectors.AsMemory(0, ids.Count * source.Dimension), codes));
            done += ids.Count;
            ids.Clear();
            codes.Clear();
            progress(done);
        }
    }
}

/// <summary>Some of a source's vectors. Only valid during the call that is given it.</summary>
/// <param name="Rows">Their rows.</param>
/// <param name="Vectors">Row-major, as many.</param>
/// <param name="Codes">Their binary codes, empty ones where there are none.</param>
internal readonly record struct VectorBatch(long[] Rows, ReadOnlyMemory<float> Vectors, IReadOnlyList<byte[]> Codes);
