using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.Backfilling.Planning;

namespace Stickers.Tagger.Tests.Backfilling.Planning;

/// <summary>An untrained model whose thresholds change stands for two models that disagree.</summary>
public sealed class BackfillPlanTests : IAsyncLifetime
{
    private const int Stickers = 60;
    private const float Strict = 0.56f, Lax = 0.5f;

    private static readonly PlanOptions Options = new() { Model = TestStore.Model, Catalogue = TestStore.Catalogue };

    private readonly TestStore _store = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await AddCatalogueAsync(Stickers);
        await _store.AddModelAsync(Cancellation, Strict);
    }

    public ValueTask DisposeAsync()
    {
        _store.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task PlanAsync_AnotherModel_SaysExactlyWhatWouldChange()
    {
        var first = await PlanAndApplyAsync();
        await _store.AddModelAsync(Cancellation, Lax);

        var plan = await PlanAsync(Options);

        // The truth by hand, from the two sets as wholes.
        var (was, becomes) = (await RowsAsync(SuggestionSet.FolderOf(TestStore.Model, TestStore.Catalogue)), await RowsAsync(plan.Rows));
        var changes = await SuggestionChanges.ReadAsync(_store.Store, $"{BackfillPlan.FolderOf(plan.Catalogue, plan.Id)}/changes.parquet", Cancellation).ToListAsync(Cancellation);
        Assert.Equal(becomes.Keys.Except(was.Keys).Order(), Keys(ChangeKind.Added));
        Assert.Equal(was.Keys.Except(becomes.Keys).Order(), Keys(ChangeKind.Removed));
        Assert.Equal(was.Keys.Intersect(becomes.Keys).Where(key => was[key].Decision != becomes[key].Decision).Order(), Keys(ChangeKind.Flipped));
        Assert.Equal(was.Count, plan.Total.Standing);
        Assert.Equal(changes.Count, plan.Total.Changes);
        Assert.NotEqual(0, plan.Total.Added);
        Assert.NotEqual(0, plan.Total.Flipped);
        Assert.All((IReadOnlyList<ChangeCount>[])[plan.Tags, plan.Creators, plan.Locales], counts => Assert.Equal(plan.Total.Changes, counts.Sum(count => count.Changes)));
        var creators = await CreatorsAsync();
        Assert.Equal(changes.CountBy(change => creators[change.Id]).OrderBy(pair => pair.Key, StringComparer.Ordinal), plan.Creators.Select(creator => KeyValuePair.Create(creator.Name, (int)creator.Changes)).OrderBy(pair => pair.Key, StringComparer.Ordinal));
        // Nothing of what stands has moved, and the plan can be made again.
        Assert.Equal(BackfillPlan.HashOf(first), BackfillPlan.HashOf((await StandingAsync())!));
        Assert.Equal(plan.Hash, (await PlanAsync(Options)).Hash);
        Assert.Contains("data:image/png", await File.ReadAllTextAsync(_store.Store.PathOf($"{BackfillPlan.FolderOf(plan.Catalogue, plan.Id)}/plan.html"), Cancellation), StringComparison.Ordinal);

        IEnumerable<(long, string)> Keys(ChangeKind kind) => changes.Where(change => change.Kind == kind).Select(change => (change.Id.Value, change.Tag)).Order();
    }

    [Fact]
    public async Task CompareAsync_InManyPasses_GivesTheSameChanges()
    {
        await PlanAndApplyAsync();
        await _store.AddModelAsync(Cancellation, Lax);
        var plan = await PlanAsync(Options);
        var catalogue = await StickerCatalogue.OpenAsync(_store.Store, TestStore.Catalogue, Cancellation);
        var standing = await SuggestionSet.TryOpenAsync(_store.Store, TestStore.Model, TestStore.Catalogue, Cancellation);
        var planned = await SuggestionSet.TryOpenAsync(_store.Store, plan.Rows, Cancellation);

        var whole = await new SuggestionDiff(catalogue, standing, planned!, 1000).CompareAsync(null, Cancellation).ToListAsync(Cancellation);
        var diff = new SuggestionDiff(catalogue, standing, planned!, 10);
        var passes = await diff.CompareAsync(null, Cancellation).ToListAsync(Cancellation);

        Assert.Equal(whole.OrderBy(change => change.Id.Value).ThenBy(change => change.Tag), passes.OrderBy(change => change.Id.Value).ThenBy(change => change.Tag));
        Assert.Equal(plan.Total, diff.Total);
    }

    [Fact]
    public async Task ApplyAsync_KilledBeforeAnyOperation_NeverLosesOrMixesAndCanBeGoneOnWith()
    {
        var labels = await LabelsAsync();
        var before = await PlanAndApplyAsync();
        await _store.AddModelAsync(Cancellation, Lax);
        var plan = await PlanAsync(Options);
        var becomes = await RowsAsync(plan.Rows);
        var stands = await RowsAsync(SuggestionSet.FolderOf(TestStore.Model, TestStore.Catalogue));

        var switched = await DieEverywhereAsync(store => BackfillApplication.ApplyAsync(store, plan, null, Cancellation), plan.Id, stands, becomes);
        Assert.True(switched > 10, $"only {switched} places to die before the end");
        Assert.Equal(plan.Id, (await StandingAsync())!.Plan);
        Assert.True((await BackfillApplication.ApplyAsync(_store.Store, plan, null, Cancellation)).AlreadyDone);

        // And back, dying everywhere again.
        await DieEverywhereAsync(store => BackfillApplication.RollBackAsync(store, TestStore.Model, TestStore.Catalogue, plan.Id, Cancellation), before.Plan!, becomes, stands);
        Assert.Equal(BackfillPlan.HashOf(before), BackfillPlan.HashOf((await StandingAsync())!));
        Assert.True((await BackfillApplication.RollBackAsync(_store.Store, TestStore.Model, TestStore.Catalogue, plan.Id, Cancellation)).AlreadyDone);

        // Taken back, it can be applied again; and all the way back to nothing.
        Assert.False((await BackfillApplication.ApplyAsync(_store.Store, plan, null, Cancellation)).AlreadyDone);
        await BackfillApplication.RollBackAsync(_store.Store, TestStore.Model, TestStore.Catalogue, null, Cancellation);
        await BackfillApplication.RollBackAsync(_store.Store, TestStore.Model, TestStore.Catalogue, null, Cancellation);
        Assert.Empty(await RowsAsync(SuggestionSet.FolderOf(TestStore.Model, TestStore.Catalogue)));
        Assert.Equal(labels, await LabelsAsync());
    }

    [Theory]
    [InlineData("model", "Model 'untrained' changed")]
    [InlineData("catalogue", "Catalogue 'drawn' changed")]
    [InlineData("vocabulary", "vocabulary changed")]
    [InlineData("rows", "SHA-256")]
    [InlineData("plan", "was changed after it was made")]
    [InlineData("standing", "What stands changed")]
    public async Task ApplyAsync_SomethingChangedSince_RefusesAndChangesNothing(string what, string expected)
    {
        await PlanAndApplyAsync();
        await _store.AddModelAsync(Cancellation, Lax);
        var plan = await PlanAsync(Options);
        switch (what)
        {
            case "model":
                await _store.AddModelAsync(Cancellation, 0.6f);
                break;
            case "catalogue":
                await CatalogueWriter.DeleteAsync(_store.Store, TestStore.Catalogue, Cancellation);
                await AddCatalogueAsync(Stickers + 1);
                break;
            case "vocabulary":
                File.WriteAllText(_store.Store.PathOf(TagVocabulary.FileName), "extends: shipped\njunk: [disc]");
                break;
            case "rows":
                Flip(_store.Store.PathOf($"{plan.Rows}/part-00000.parquet"));
                break;
            case "plan":
                var path = _store.Store.PathOf(BackfillPlan.KeyOf(plan.Catalogue, plan.Id));
                File.WriteAllText(path, File.ReadAllText(path).Replace("\"budget\": null", "\"budget\": 0.5", StringComparison.Ordinal));
                break;
            default:
                await BackfillApplication.ApplyAsync(_store.Store, await PlanAsync(Options with { Except = ["other"] }), null, Cancellation);
                break;
        }

        var standing = BackfillPlan.HashOf(await StandingAsync());

        var fault = await Assert.ThrowsAsync<InvalidDataException>(async () => await BackfillApplication.ApplyAsync(_store.Store, await BackfillPlan.OpenAsync(_store.Store, plan.Catalogue, plan.Id, Cancellation), null, Cancellation));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
        Assert.Equal(standing, BackfillPlan.HashOf(await StandingAsync()));
    }

    [Fact]
    public async Task PlanAsync_OverBudget_CannotBeAppliedUnlessExcepted()
    {
        await PlanAndApplyAsync();
        await _store.AddModelAsync(Cancellation, Lax);
        var free = await PlanAsync(Options);
        var most = free.Tags.MaxBy(tag => tag.Share)!;
        Assert.True(most.Share > 0.05, $"the models differ by {most.Share}");

        var plan = await PlanAsync(Options with { Budget = 0.04 });

        Assert.Equal(free.Tags.Where(tag => tag.Share > 0.04), plan.OverBudget);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => BackfillApplication.ApplyAsync(_store.Store, plan, null, Cancellation));
        Assert.Contains(most.Name, fault.Message, StringComparison.Ordinal);
        Assert.NotEqual(plan.Id, (await StandingAsync())!.Plan);
        var excepted = await PlanAsync(Options with { Budget = 0.04, Except = TestStore.Vocabulary });
        Assert.Empty(excepted.OverBudget);
        Assert.False((await BackfillApplication.ApplyAsync(_store.Store, excepted, null, Cancellation)).AlreadyDone);
    }

    [Fact]
    public async Task ApplyAsync_TwoPlansAtOnce_OneWins()
    {
        await PlanAndApplyAsync();
        await _store.AddModelAsync(Cancellation, Lax);
        BackfillPlan[] plans = [await PlanAsync(Options), await PlanAsync(Options with { Budget = 100 })];

        var outcomes = await Task.WhenAll(plans.Select(plan => Task.Run(async () =>
        {
            try
            {
                return (await BackfillApplication.ApplyAsync(_store.Store, plan, null, Cancellation)).Standing.Plan;
            }
            catch (InvalidDataException)
            {
                return null;
            }
        })));

        Assert.Equal((await StandingAsync())!.Plan, Assert.Single(outcomes, outcome => outcome is not null));
    }

    /// <summary>Runs a change with a store that dies before operation 0, then 1, and so on until it survives; what stands is always whole, and the old or the new.</summary>
    private async Task<int> DieEverywhereAsync(Func<ObjectStore, Task> change, string reached, Dictionary<(long, string), Suggestion> old, Dictionary<(long, string), Suggestion> made)
    {
        for (var operations = 0; ; operations++)
        {
            var dying = new DyingStore(_store.Store, operations);
            try
            {
                await change(dying);
            }
            catch (StoreDiedException)
            {
            }

            var now = await RowsAsync(SuggestionSet.FolderOf(TestStore.Model, TestStore.Catalogue));
            Assert.Equal(((await StandingAsync())!.Plan == reached ? made : old).Order(Comparer<KeyValuePair<(long, string), Suggestion>>.Create((a, b) => a.Key.CompareTo(b.Key))), now.Order(Comparer<KeyValuePair<(long, string), Suggestion>>.Create((a, b) => a.Key.CompareTo(b.Key))));
            if (!dying.IsDead) return operations;
        }
    }

    private async Task<SuggestionManifest> PlanAndApplyAsync() => (await BackfillApplication.ApplyAsync(_store.Store, await PlanAsync(Options), null, Cancellation)).Standing;

    private async Task<BackfillPlan> PlanAsync(PlanOptions options)
    {
        var job = await BackfillPlanner.JobAsync(_store.Store, options, Cancellation);
        await JobRunner.RunAsync(job, _store.Store, new RunOptions { Folder = job.Folder }, null, Cancellation);
        return await BackfillPlanner.PlanAsync(_store.Store, options, null, Cancellation);
    }

    private async Task<SuggestionManifest?> StandingAsync() => (await SuggestionSet.TryOpenAsync(_store.Store, TestStore.Model, TestStore.Catalogue, Cancellation))?.Manifest;

    private async Task<Dictionary<(long, string), Suggestion>> RowsAsync(string folder) =>
        await (await SuggestionSet.TryOpenAsync(_store.Store, folder, Cancellation))!.ReadAsync(Cancellation).ToDictionaryAsync(row => (row.Id.Value, row.Tag), cancellationToken: Cancellation);

    private async Task<Dictionary<StickerId, string>> CreatorsAsync() =>
        await (await StickerCatalogue.OpenAsync(_store.Store, TestStore.Catalogue, Cancellation)).ReadAsync(images: false, Cancellation).ToDictionaryAsync(sticker => sticker.Id, sticker => sticker.Creator, cancellationToken: Cancellation);

    private async Task<List<string>> LabelsAsync() =>
        await (await StickerCatalogue.OpenAsync(_store.Store, TestStore.Catalogue, Cancellation)).ReadAsync(images: false, Cancellation).Select(sticker => $"{sticker.Key} {string.Join(',', sticker.Tags)}").ToListAsync(Cancellation);

    private Task<CatalogueManifest> AddCatalogueAsync(int count) => _store.AddCatalogueAsync(
        Enumerable.Range(0, count).Select(number => TestStore.Draw(number, $"creator {number % 4}", tags: number % 5 == 0 ? ["red"] : []) with { Locale = number % 2 == 0 ? "en" : "ja" }), Cancellation);

    private static void Flip(string path)
    {
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.Length / 2] ^= 0xFF;
        File.WriteAllBytes(path, bytes);
    }
}
