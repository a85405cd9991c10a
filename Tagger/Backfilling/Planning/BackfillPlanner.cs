using System.Text;
using System.Text.Json;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.Models;
using Stickers.Tagger.Sheets;

namespace Stickers.Tagger.Backfilling.Planning;

/// <summary>
/// Plans a backfill: makes the suggestions beside those that stand, compares, and writes what would change. Nothing that stands is touched. The same inputs give the same
/// plan; one that was interrupted is gone on with.
/// </summary>
public static class BackfillPlanner
{
    private const int PictureSide = 96;
    private const int SamplesPerKind = 48;
    private const int MostCreators = 1000;
    private const int ShownRows = 40;

    /// <summary>The job that makes the planned suggestions, to be run before <see cref="PlanAsync"/> with <see cref="RunOptions.Folder"/> as it says.</summary>
    /// <exception cref="FileNotFoundException">The model or the catalogue does not exist.</exception>
    public static async Task<BackfillJob> JobAsync(ObjectStore store, PlanOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var (catalogue, model) = await OpenAsync(store, options, cancellation);
        return await BackfillJob.OpenAsync(store, new BackfillOptions { Model = options.Model, Catalogue = options.Catalogue, BatchSize = options.BatchSize, Folder = RowsOf(catalogue, model, options) }, cancellation);
    }

    /// <summary>Earlier rows, to be given to <see cref="RunOptions.Reuse"/>: stickers that have not changed since, and whose model has not, need not go through the network again.</summary>
    public static async Task<IReadOnlyList<string>> EarlierAsync(ObjectStore store, PlanOptions options, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        const string Head = "/.ledger/job.json";
        var rows = await store.ListAsync($"plans/{options.Catalogue}/rows-", cancellation).Where(stored => stored.Key.EndsWith(Head, StringComparison.Ordinal)).Select(stored => stored.Key[..^Head.Length]).ToListAsync(cancellation);
        var own = (await JobAsync(store, options, cancellation)).Folder;
        return [SuggestionSet.FolderOf(options.Model, options.Catalogue), .. rows.Where(folder => folder != own)];
    }

    /// <summary>Compares and writes the plan, or returns the one that is there.</summary>
    /// <exception cref="InvalidDataException">The planned suggestions are not there, or of another state of model, catalogue or vocabulary.</exception>
    public static Task<BackfillPlan> PlanAsync(ObjectStore store, PlanOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default) =>
        PlanRowsAsync(store, options, null, progress, cancellation);

    /// <summary>Plans rows that something else than the job made.</summary>
    /// <inheritdoc cref="PlanAsync"/>
    internal static async Task<BackfillPlan> PlanRowsAsync(ObjectStore store, PlanOptions options, string? rows, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var (catalogue, model) = await OpenAsync(store, options, cancellation);
        var rowsFolder = rows ?? RowsOf(catalogue, model, options);
        var after = await SuggestionSet.TryOpenAsync(store, rowsFolder, cancellation)
            ?? throw new InvalidDataException($"The planned suggestions are not finished in '{rowsFolder}'. Plan again: it goes on where it was.");
        var standing = await SuggestionSet.TryOpenAsync(store, options.Model, options.Catalogue, cancellation);
        var against = options.Against is null || options.Against == options.Model ? standing
            : await SuggestionSet.TryOpenAsync(store, options.Against, options.Catalogue, cancellation)
                ?? throw new FileNotFoundException($"No suggestions by model '{options.Against}' stand for catalogue '{options.Catalogue}'.");
        var plan = new BackfillPlan
        {
            FormatVersion = BackfillPlan.CurrentVersion,
            Id = "",
            Catalogue = catalogue.Name,
            CatalogueHash = catalogue.ContentHash,
            Model = options.Model,
            ModelHash = model.ContentHash,
            TagRulesHash = catalogue.Vocabulary.ContentHash,
            Against = options.Against ?? options.Model,
            AgainstHash = BackfillPlan.HashOf(against?.Manifest),
            StandingHash = BackfillPlan.HashOf(standing?.Manifest),
            Rows = rowsFolder,
            RowsHash = after.ContentHash,
            Changes = new CommittedFile("changes.parquet", 0, ""),
            Budget = options.Budget,
            Except = [.. options.Except.Order(StringComparer.Ordinal)],
            OverBudget = [],
            Total = new ChangeCount("", 0, 0, 0, 0),
            Tags = [],
            Creators = [],
            Locales = [],
        };
        plan = plan with { Id = ContentHash.Of([JsonSerializer.Serialize(plan)])[..12] };
        if (await store.StatAsync(BackfillPlan.KeyOf(plan.Catalogue, plan.Id), cancellation) is not null) return await BackfillPlan.OpenAsync(store, plan.Catalogue, plan.Id, cancellation);

        var diff = new SuggestionDiff(catalogue, against, after, SuggestionDiff.RowsPerPass);
        var folder = BackfillPlan.FolderOf(plan.Catalogue, plan.Id);
        var samples = new ChangeSamples();
        var changes = await SuggestionChanges.WriteAsync(store, $"{folder}/changes.parquet", samples.Watch(diff.CompareAsync(progress, cancellation)), cancellation);
        plan = (plan with
        {
            Changes = changes with { Path = "changes.parquet" },
            Total = diff.Total,
            Tags = diff.Tags,
            Creators = [.. diff.Creators.Take(MostCreators)],
            Locales = diff.Locales,
            // Where nothing stands at all there is nothing to protect.
            OverBudget = options.Budget is { } most && plan.AgainstHash is not null ? [.. diff.Tags.Where(tag => tag.Share > most && !options.Except.Contains(tag.Name))] : [],
        }).Sealed();
        await WriteSheetAsync(store, catalogue, plan, samples, cancellation);
        await store.WriteJsonAsync(BackfillPlan.KeyOf(plan.Catalogue, plan.Id), plan, cancellation);
        return plan;
    }

    /// <summary>What decides the rows decides their folder: a plan with another budget does not run the network again.</summary>
    internal static string RowsOf(StickerCatalogue catalogue, ModelDescription model, PlanOptions options) =>
        $"plans/{catalogue.Name}/rows-{ContentHash.Of([catalogue.ContentHash, model.Manifest.Version, model.ContentHash, catalogue.Vocabulary.ContentHash, StickerFrames.Choice, $"{options.BatchSize}"])[..12]}";

    private static async Task<(StickerCatalogue Catalogue, ModelDescription Model)> OpenAsync(ObjectStore store, PlanOptions options, CancellationToken cancellation) =>
        (await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation), await ModelDescription.LoadAsync(store, options.Model, cancellation));

    private static async Task WriteSheetAsync(ObjectStore store, StickerCatalogue catalogue, BackfillPlan plan, ChangeSamples samples, CancellationToken cancellation)
    {
        var pictures = await StickerPictures.ReadAsync(catalogue, samples.All.Select(change => change.Id).ToHashSet(), PictureSide, cancellation);
        var page = ContactSheet.Write(
            $"Plan {plan.Id}: suggestions of {plan.Model} for {plan.Catalogue}",
            [
                $"{plan.Total.Added:N0} suggestions would be added, {plan.Total.Removed:N0} removed and {plan.Total.Flipped:N0} flipped between accept and review; {plan.Total.Standing:N0} by model {plan.Against} stand. Nothing has been changed.",
                plan.OverBudget.Count == 0 ? "No tag is over the budget." : $"OVER BUDGET: {plan.OverBudget.Count:N0} tags change by more than {plan.Budget:P0}; the plan cannot be applied.",
            ],
            [Table("Over budget", plan.OverBudget), Table("Tags", plan.Tags), Table("Creators", plan.Creators), Table("Locales", plan.Locales)],
            [.. samples.ByKind.Select(kind => new SheetSection($"{kind.Key}", "A sample that every plan of these changes shows alike.", [.. kind.Value.Where(change => pictures.ContainsKey(change.Id)).Select(change =>
                new SheetPicture(pictures[change.Id], change.Id.ToString(), change.Tag, [Words(change.Before, change.After)], []))]))]);
        await store.WriteAsync($"{BackfillPlan.FolderOf(plan.Catalogue, plan.Id)}/plan.html", Encoding.UTF8.GetBytes(page), cancellation);

        static SheetTable Table(string title, IReadOnlyList<ChangeCount> counts) => new(
            $"{title}{(counts.Count > ShownRows ? $" ({ShownRows} of {counts.Count:N0})" : "")}",
            [["", "stand", "added", "removed", "flipped", "change"], .. counts.Take(ShownRows).Select(count => (IReadOnlyList<string>)[count.Name, $"{count.Standing:N0}", $"{count.Added:N0}", $"{count.Removed:N0}", $"{count.Flipped:N0}", $"{count.Share:P1}"])]);
    }

    private static string Words(Suggestion? before, Suggestion? after) => FormattableString.Invariant($"{Word(before)} → {Word(after)}");

    private static string Word(Suggestion? suggestion) => suggestion is null ? "nothing" : FormattableString.Invariant($"{(suggestion.Decision == SuggestionDecision.Accept ? "accept" : "review")} {suggestion.Score:0.00}");

    /// <summary>Changes of each kind to look at: those of the smallest hashes, an unbiased sample that is always the same.</summary>
    private sealed class ChangeSamples
    {
        private readonly Dictionary<ChangeKind, SortedList<(long, string), SuggestionChange>> _chosen = Enum.GetValues<ChangeKind>().ToDictionary(kind => kind, _ => new SortedList<(long, string), SuggestionChange>());

        public IEnumerable<SuggestionChange> All => _chosen.Values.SelectMany(kind => kind.Values);

        public IEnumerable<KeyValuePair<ChangeKind, IList<SuggestionChange>>> ByKind => _chosen.Select(kind => KeyValuePair.Create(kind.Key, kind.Value.Values));

        public async IAsyncEnumerable<SuggestionChange> Watch(IAsyncEnumerable<SuggestionChange> changes)
        {
            await foreach (var change in changes)
            {
                var kind = _chosen[change.Kind];
                kind[(StickerId.FromKey($"{change.Id}\n{change.Tag}").Value, change.Tag)] = change;
                if (kind.Count > SamplesPerKind) kind.RemoveAt(kind.Count - 1);
                yield return change;
            }
        }
    }
}
