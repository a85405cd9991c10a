using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Tagger.Backfilling;
using Stickers.Tagger.Backfilling.Planning;

namespace Stickers.Tagger.Tests.Backfilling;

/// <summary>After an import that added stickers to a catalogue of a whole part and the beginning of another.</summary>
public sealed class UpdateTests(LargeCatalogue large) : IClassFixture<LargeCatalogue>
{
    private const int Added = 200;

    /// <summary>The second part grew from 204 to 404 stickers, in shards of 256.</summary>
    private const int ChangedShards = 2;

    private static readonly PlanOptions Options = new() { Model = TestStore.Model, Catalogue = TestStore.Catalogue };

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Plan_NewStickers_OnlyTheyGoThroughTheNetworkAndTheRowsAreThoseOfAWholeRun()
    {
        using var store = large.Copy();
        await PlanAsync(store, []);
        await GrowAsync(store);

        var (job, report) = await PlanAsync(store, await BackfillPlanner.EarlierAsync(store.Store, Options, Cancellation));

        Assert.Equal(ChangedShards, report.ShardsDone);
        var updated = store.Hashes(job.Folder);
        Directory.Delete(store.Store.PathOf(job.Folder), recursive: true);
        var (_, whole) = await PlanAsync(store, []);
        Assert.True(whole.ShardsDone > ChangedShards + 10);
        Assert.Equal(updated, store.Hashes(job.Folder));
    }

    [Fact]
    public async Task Plan_AnotherModel_TakesNothingOver()
    {
        using var store = large.Copy();
        var (_, first) = await PlanAsync(store, []);
        await store.AddModelAsync(Cancellation, 0.51f);

        var (_, report) = await PlanAsync(store, await BackfillPlanner.EarlierAsync(store.Store, Options, Cancellation));

        Assert.Equal(first.ShardsDone, report.ShardsDone);
    }

    [Fact]
    public async Task Embed_BroughtUpToDateAndStoppedInBetween_HasTheBytesOfAWholeRun()
    {
        using var store = large.Copy();
        await EmbedAsync(store, update: false);
        await GrowAsync(store);
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => EmbedAsync(store, update: false));
        Assert.Contains("source was", refused.Message, StringComparison.Ordinal);

        using (var stopped = new CancellationTokenSource())
        {
            await stopped.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => EmbedAsync(store, update: true, stopped.Token));
        }

        var (folder, report) = await EmbedAsync(store, update: true);

        Assert.Equal(ChangedShards, report.ShardsDone);
        var updated = store.Hashes(folder);
        Directory.Delete(store.Store.PathOf(folder), recursive: true);
        await EmbedAsync(store, update: false);
        Assert.Equal(updated, store.Hashes(folder));
    }

    [Fact]
    public async Task Backfill_WherePlanIsInForce_IsRefusedUntilItIsTakenBack()
    {
        using var store = large.Copy();
        await PlanAsync(store, []);
        var plan = await BackfillPlanner.PlanAsync(store.Store, Options, null, Cancellation);
        await BackfillApplication.ApplyAsync(store.Store, plan, null, Cancellation);
        var before = store.Hashes(SuggestionSet.FolderOf(TestStore.Model, TestStore.Catalogue));
        var options = new BackfillOptions { Model = TestStore.Model, Catalogue = TestStore.Catalogue };

        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => BackfillJob.OpenAsync(store.Store, options, Cancellation));

        Assert.Contains(plan.Id, refused.Message, StringComparison.Ordinal);
        Assert.Contains("backfill rollback", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, store.Hashes(SuggestionSet.FolderOf(TestStore.Model, TestStore.Catalogue)));
        await BackfillApplication.RollBackAsync(store.Store, TestStore.Model, TestStore.Catalogue, plan.Id, Cancellation);
        await BackfillJob.OpenAsync(store.Store, options, Cancellation);
    }

    private static async Task GrowAsync(TestStore store)
    {
        await CatalogueWriter.DeleteAsync(store.Store, TestStore.Catalogue, Cancellation);
        var grown = await store.AddCatalogueAsync(LargeCatalogue.Draw(LargeCatalogue.Stickers + Added), Cancellation);
        Assert.Equal([LargeCatalogue.InFirstPart, LargeCatalogue.Stickers + Added - LargeCatalogue.InFirstPart], grown.PartCounts);
    }

    private static async Task<(BackfillJob Job, JobReport Report)> PlanAsync(TestStore store, IReadOnlyList<string> reuse)
    {
        var job = await BackfillPlanner.JobAsync(store.Store, Options, Cancellation);
        return (job, await JobRunner.RunAsync(job, store.Store, new RunOptions { Folder = job.Folder, Reuse = reuse }, null, Cancellation));
    }

    private static async Task<(string Folder, JobReport Report)> EmbedAsync(TestStore store, bool update, CancellationToken? cancellation = null)
    {
        var job = await EmbedJob.OpenAsync(store.Store, new EmbedOptions { Model = TestStore.Model, Catalogue = TestStore.Catalogue }, Cancellation);
        return (job.Folder, await JobRunner.RunAsync(job, store.Store, new RunOptions { Folder = job.Folder, Reuse = update ? [job.Folder] : [] }, null, cancellation ?? Cancellation));
    }
}
