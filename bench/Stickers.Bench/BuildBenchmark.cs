using System.Diagnostics;
using System.Globalization;
using Stickers.Catalogue;
using Stickers.IndexBuilder;
using Stickers.IndexBuilder.Sharding;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.Bench;

/// <summary>Builds an index of very many made-up vectors, streamed from Parquet, and measures what it took and what it finds.</summary>
internal static class BuildBenchmark
{
    private const int D = 128, RowsOfPart = 1 << 16, Centres = 20_000;
    private const string Name = "made-up", Version = "000000000000", Kept = "kept";

    /// <param name="count">Vectors.</param>
    /// <param name="folder">Where the data set and the index go; a data set that is there is used again.</param>
    /// <param name="gibibytes">Memory that a server may give the index.</param>
    /// <param name="milliseconds">Time that a query may take.</param>
    public static async Task<int> RunAsync(string count, string folder, string gibibytes, string milliseconds)
    {
        var store = new LocalStore(folder);
        var n = long.Parse(count, CultureInfo.InvariantCulture);
        await MakeAsync(store, n);
        var embeddings = await EmbeddingSet.OpenAsync(store, Name, Name);
        var source = new VectorSource(embeddings, EmbeddingSpace.Visual);
        var plan = IndexPlanner.Plan(new IndexRequest(n, D) { MemoryBytes = (long)(double.Parse(gibibytes, CultureInfo.InvariantCulture) * (1L << 30)), Milliseconds = double.Parse(milliseconds, CultureInfo.InvariantCulture) });
        Console.WriteLine($"plan: {plan.Factory}, {plan.Reason}; estimated {plan.EstimatedBytes / 1e9:F2} GB");
        var clock = Stopwatch.StartNew();
        using var scratch = new ScratchFolder(store, EmbeddingSpace.Visual);
        var survey = await VectorSurvey.ReadAsync(source, plan.TrainingVectors, _ => { }, default);
        Say($"sampled and counted, {survey.Rows.Count:N0} rows");
        var measure = new RecallMeasure(survey, D);
        var trained = false;
        var segment = await ShardedBuild.WriteAsync(store, new ShardInputs(embeddings, EmbeddingSpace.Visual, Version, plan), survey, measure, scratch, null, (stage, done) =>
        {
            if (stage == "index" && !trained) Say("trained");
            trained |= stage == "index";
            if (stage is "index" or "merge") Say($"{stage} {done:N0}");
        }, default);
        var built = clock.Elapsed;
        Say("written");
        await ShardedBuild.DeleteAsync(store, EmbeddingSpace.Visual, Version, default);
        var bytes = new[] { segment.Rows, segment.Vectors }.Sum(name => new FileInfo(scratch.File(name)).Length);
        var manifest = ManifestOf(n, plan, segment);
        using var index = Snapshot.OpenSegments(manifest, scratch.File);
        Say("loaded");
        var measured = measure.Measure(index, plan.NProbe, 0.95, default);
        Say("measured");
        var times = Times(index, survey.Queries, measured.NProbe);
        foreach (var point in measured.Curve) Console.WriteLine($"  nprobe {point.NProbe}: recall@10 {point.RecallAt10:F4}");
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"n = {n}, d = {D}: {plan.Factory}, built in {built.TotalSeconds:F0} s on {Environment.ProcessorCount} cores, peak memory {PeakBytes() / 1e9:F2} GB, {bytes / (double)n:F1} bytes a vector; nprobe {measured.NProbe}: "
            + $"recall@10 {measured.Recall:F4} ({measured.Low:F4} to {measured.High:F4}), self-recall {measured.SelfRecall:F4}, p50 {times[times.Count / 2]:F2} ms, p99 {times[times.Count * 99 / 100]:F2} ms"));
        Keep(folder, manifest with { NProbe = measured.NProbe }, scratch, survey);
        return PeakBytes() <= 8L << 30 ? 0 : 1;

        void Say(string what) => Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{clock.Elapsed.TotalSeconds,7:F1} s  peak {PeakBytes() / 1e9:F2} GB  {what}"));
    }

    /// <summary>Asks the index that a build has left, on a machine that has nothing else to do.</summary>
    /// <param name="folder">As of the build.</param>
    public static int Search(string folder)
    {
        var kept = Path.Combine(folder, Kept);
        var manifest = System.Text.Json.JsonSerializer.Deserialize<SnapshotManifest>(File.ReadAllText(Path.Combine(kept, "manifest.json")))!;
        var queries = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(Path.Combine(kept, "queries.bin")));
        using var index = Snapshot.OpenSegments(manifest, name => Path.Combine(kept, name));
        foreach (var nProbe in new[] { manifest.NProbe, 8, 64 }.Distinct())
        {
            Times(index, queries, nProbe); // brings what is asked for into memory
            var times = Times(index, queries, nProbe);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"n = {manifest.Count}: {manifest.Factory}, {nProbe} lists: p50 {times[times.Count / 2]:F2} ms, p99 {times[times.Count * 99 / 100]:F2} ms, peak memory {PeakBytes() / 1e9:F2} GB"));
        }

        return 0;
    }

    private static List<double> Times(SegmentSet index, ReadOnlySpan<float> queries, int nProbe)
    {
        var times = new List<double>();
        for (var at = 0; at < queries.Length; at += D)
        {
            var start = Stopwatch.GetTimestamp();
            index.Search(queries.Slice(at, D), 10, nProbe: nProbe);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }

        times.Sort();
        return times;
    }

    private static void Keep(string folder, SnapshotManifest manifest, ScratchFolder scratch, VectorSurvey survey)
    {
        var kept = Directory.CreateDirectory(Path.Combine(folder, Kept)).FullName;
        foreach (var name in (string[])[manifest.Segments![0].Rows, manifest.Segments[0].Vectors]) File.Move(scratch.File(name), Path.Combine(kept, name), overwrite: true);
        File.WriteAllBytes(Path.Combine(kept, "queries.bin"), System.Runtime.InteropServices.MemoryMarshal.AsBytes(survey.Queries).ToArray());
        File.WriteAllText(Path.Combine(kept, "manifest.json"), System.Text.Json.JsonSerializer.Serialize(manifest));
    }

    private static long PeakBytes() => long.Parse(
        File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM", StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], CultureInfo.InvariantCulture) * 1024;

    private static async Task MakeAsync(LocalStore store, long n)
    {
        try
        {
            if ((await EmbeddingSet.OpenAsync(store, Name, Name)).Manifest.Written == n) return;
        }
        catch (FileNotFoundException)
        {
        }

        var (vectors, random) = (new ClusteredVectors(D, Centres, 2), new Random(4));
        var files = new List<CommittedFile>();
        var clock = Stopwatch.StartNew();
        for (long first = 0; first < n; first += RowsOfPart)
        {
            var rows = new StickerEmbedding[Math.Min(RowsOfPart, n - first)];
            for (var i = 0; i < rows.Length; i++)
            {
                var vector = new float[D];
                vectors.Fill(vector);
                // A random id in the upper bits, a number in the lower: distinct, in no order, as hashes are.
                rows[i] = new StickerEmbedding(new StickerId((random.NextInt64(1L << 31) << 32) + first + i), vector, [1f]);
            }

            files.Add(await EmbeddingSet.WritePartAsync(store, Name, Name, files.Count, rows));
        }

        await store.WriteJsonAsync($"embeddings/{Name}/{Name}/embeddings.json", new EmbeddingManifest
        {
            FormatVersion = 1,
            Model = Name,
            ModelHash = Name,
            Catalogue = Name,
            CatalogueHash = Name,
            VisualDimension = D,
            SemanticDimension = 1,
            Read = n,
            Written = n,
            Quarantined = 0,
            Files = files,
        });
        Console.WriteLine($"made {n:N0} vectors in {files.Count} parts in {clock.Elapsed.TotalSeconds:F0} s");
    }

    private static SnapshotManifest ManifestOf(long n, IndexPlan plan, SnapshotSegment segment) => new()
    {
        FormatVersion = SnapshotKeys.FormatVersion,
        Space = "visual",
        Version = Version,
        Model = Name,
        ModelHash = Name,
        Catalogue = Name,
        CatalogueHash = Name,
        EmbeddingsHash = Name,
        Dimension = D,
        Count = n,
        Factory = plan.Factory,
        Reason = plan.Reason,
        NProbe = 0,
        EfSearch = 0,
        RecallAt10 = 0,
        RecallQueries = 0,
        Segments = [segment],
        Files = [],
    };
}
