using System.Diagnostics;
using System.Text;
using Stickers.Catalogue;
using Stickers.Catalogue.Import;
using Stickers.Cli.Commands;
using Stickers.Cli.Terminal;
using Stickers.IndexBuilder;
using Stickers.Pipeline;
using Stickers.SimilaritySearch;
using Stickers.Storage;
using Stickers.Tagger.Backfilling;
using Stickers.Tagger.Evaluating;
using Stickers.Tagger.Training;

namespace Stickers.Cli.Demo;

/// <summary>
/// The whole way from drawings to indexes. Each step goes on where it was stopped, or finds its work done; so does the demo.
/// </summary>
internal sealed class DemoRun(Session session, ObjectStore store, DemoOptions options)
{
    private const int Steps = 7;
    private const int SheetSize = 60;
    private const int NeighbourRows = 12;
    private const int NeighboursInARow = 8;
    public const string PageKey = "demo.html";

    private DemoJournal _journal = new();
    private int _step;

    public async Task<DemoFigures> RunAsync()
    {
        var stop = session.Cancellation;
        _journal = await DemoJournal.OpenAsync(store, stop);

        var catalogue = await StepAsync("import", $"reading the drawings in {options.Source}, with the tags that their creators gave", ImportAsync);
        var training = await StepAsync("train", $"learning from those tags for {Quantity.Duration(options.Budget)}, without a tenth of the creators for choosing thresholds and a tenth for the test", TrainAsync);
        var evaluation = await StepAsync("evaluate", "measuring on the creators that were never learned from, beside two baselines", progress => EvaluateAsync(training, catalogue, progress));
        var suggestions = await StepAsync("backfill", "suggesting tags for the drawings that have no usable ones", progress => BackfillAsync(training, progress));
        var embeddings = await StepAsync("embed", "giving every drawing a visual and a semantic vector", progress => EmbedAsync(training, progress));
        var indexes = await StepAsync("index", "building an index over each kind of vector, and publishing it if it finds what exact search finds", IndexAsync);

        var figures = new DemoFigures
        {
            Catalogue = catalogue,
            Model = training.Model,
            Evaluation = evaluation,
            Suggestions = suggestions,
            Embeddings = embeddings,
            Indexes = indexes,
            Journal = _journal,
        };
        figures.DemandBalance();
        await StepAsync("page", "writing demo.html", _ => WritePageAsync(figures));
        return figures with { Journal = _journal };
    }

    private async Task<T> StepAsync<T>(string name, string meaning, Func<IProgress<JobProgress>, Task<T>> work)
    {
        session.Screen.Say($"[{++_step}/{Steps}] {name}: {meaning}");
        var watch = Stopwatch.StartNew();
        try
        {
            return await session.Screen.WatchAsync(work);
        }
        finally
        {
            _journal = await _journal.AddAsync(store, name, watch.Elapsed);
        }
    }

    private Task<CatalogueManifest> ImportAsync(IProgress<JobProgress> progress) =>
        CatalogueImport.RunAsync(store, new CatalogueImportOptions { Name = DemoOptions.Name, Sources = [options.Source] }, progress, session.Cancellation);

    private async Task<IReadOnlyList<IndexSummary>> IndexAsync(IProgress<JobProgress> progress)
    {
        var made = new List<IndexSummary>();
        foreach (var space in new[] { EmbeddingSpace.Visual, EmbeddingSpace.Semantic })
            made.Add(await IndexBuild.RunAsync(store, new IndexBuildOptions { Space = space, Model = DemoOptions.Name, Catalogue = DemoOptions.Name }, progress, session.Cancellation));
        return made;
    }

    private Task<TrainingSummary> TrainAsync(IProgress<JobProgress> progress) =>
        Trainer.RunAsync(store, new TrainingOptions { Catalogue = DemoOptions.Name, Version = DemoOptions.Name, Budget = options.Budget }, progress: progress, cancellation: session.Cancellation);

    private async Task<EvaluationReport> EvaluateAsync(TrainingSummary training, CatalogueManifest catalogue, IProgress<JobProgress> progress)
    {
        var model = training.Model;
        var key = Evaluation.KeyOf(DemoOptions.Name, DemoOptions.Name, model.SplitBy);
        var made = await store.ReadJsonAsync<EvaluationReport>(key, session.Cancellation);
        if (made is not null && made.ModelHash == model.ContentHash && made.Counts.Catalogue == catalogue.Written) return made;
        return await Evaluation.RunAsync(store, new EvaluationOptions { Model = DemoOptions.Name, Catalogue = DemoOptions.Name }, progress, session.Cancellation);
    }

    private async Task<SuggestionManifest> BackfillAsync(TrainingSummary training, IProgress<JobProgress> progress)
    {
        var standing = (await SuggestionSet.TryOpenAsync(store, DemoOptions.Name, DemoOptions.Name, session.Cancellation))?.Manifest;
        if (standing is not null && IsCurrent(training, standing.ModelHash, standing.CatalogueHash)) return standing;
        await RunAsync(await BackfillJob.OpenAsync(store, new BackfillOptions { Model = DemoOptions.Name, Catalogue = DemoOptions.Name }, session.Cancellation), standing is not null, progress);
        return (await SuggestionSet.TryOpenAsync(store, DemoOptions.Name, DemoOptions.Name, session.Cancellation))!.Manifest;
    }

    private async Task<EmbeddingManifest> EmbedAsync(TrainingSummary training, IProgress<JobProgress> progress)
    {
        var standing = await store.ReadJsonAsync<EmbeddingManifest>($"{EmbedJob.FolderOf(DemoOptions.Name, DemoOptions.Name)}/embeddings.json", session.Cancellation);
        if (standing is not null && IsCurrent(training, standing.ModelHash, standing.CatalogueHash)) return standing;
        await RunAsync(await EmbedJob.OpenAsync(store, new EmbedOptions { Model = DemoOptions.Name, Catalogue = DemoOptions.Name }, session.Cancellation), standing is not null, progress);
        return (await EmbeddingSet.OpenAsync(store, DemoOptions.Name, DemoOptions.Name, session.Cancellation)).Manifest;
    }

    /// <summary>Runs a job in this process.</summary>
    /// <param name="job">The job.</param>
    /// <param name="isStale">What stands there is from another model or catalogue: it is the demo's own and may go.</param>
    /// <param name="progress">Told of shards.</param>
    private Task<JobReport> RunAsync<TResult, TOutput>(PredictionJob<TResult, TOutput> job, bool isStale, IProgress<JobProgress> progress) =>
        JobRunner.RunAsync(job, store, JobOptions.HereFor(job.Folder) with { Replace = isStale }, new ShardProgress(job.Name, progress), session.Cancellation);

    private static bool IsCurrent(TrainingSummary training, string modelHash, string catalogueHash) =>
        modelHash == training.Model.ContentHash && catalogueHash == training.Model.CatalogueHash;

    private async Task<string> WritePageAsync(DemoFigures figures)
    {
        var stop = session.Cancellation;
        using var visual = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual, stop);
        using var semantic = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Semantic, stop);
        var suggestions = await SuggestionSet.TryOpenAsync(store, DemoOptions.Name, DemoOptions.Name, stop)
            ?? throw new FileNotFoundException("The suggestions are gone; run the demo again.");
        var sheet = await DemoSheet.SuggestedAsync(suggestions, visual.Stickers, SheetSize, stop);
        var neighbours = DemoSheet.Neighbours(visual, semantic, NeighbourRows, NeighboursInARow);
        var html = DemoPage.Write(DemoStory.Of(figures, options, sheet, neighbours));
        await using var writer = await store.CreateAsync(PageKey, stop);
        await writer.Stream.WriteAsync(Encoding.UTF8.GetBytes(html), stop);
        await writer.CommitAsync(stop);
        return store.LocationOf(PageKey);
    }
}
