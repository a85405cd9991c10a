using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Tagger.Backfilling;
using Stickers.Tagger.Backfilling.Planning;
using Stickers.Tagger.Heads;

namespace Stickers.Tagger.Tests.Heads;

public sealed class TagHeadTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public void LogisticFit_TwoGroupsOnALine_PutsTheBorderWhereItBelongs()
    {
        float[][] high = [[2f], [3f], [4f]], low = [[-4f], [-3f], [-2f], [-3f], [-3f], [-3f]];

        var weights = LogisticFit.Fit(high, low, 1e-2);

        // Symmetric groups, classes of equal weight: the border is at 0 although one group is twice as large.
        Assert.True(weights[0] > 0.5, $"slope {weights[0]}");
        Assert.InRange(-weights[1] / weights[0], -0.3, 0.3);
        Assert.InRange(LogisticFit.Probability(weights, [3f]), 0.8, 1);
        Assert.InRange(LogisticFit.Probability(weights, [-3f]), 0, 0.2);
        // The gradient vanishes at the minimum: computed here by differences of the penalised likelihood.
        double Loss(double slope, double offset) => (5e-3 * slope * slope)
            + (0.5 * high.Average(v => Math.Log(1 + Math.Exp(-((slope * v[0]) + offset))))) + (0.5 * low.Average(v => Math.Log(1 + Math.Exp((slope * v[0]) + offset))));
        Assert.Equal(0, (Loss(weights[0] + 1e-4, weights[1]) - Loss(weights[0] - 1e-4, weights[1])) / 2e-4, 4);
        Assert.Equal(0, (Loss(weights[0], weights[1] + 1e-4) - Loss(weights[0], weights[1] - 1e-4)) / 2e-4, 4);
    }

    [Fact]
    public void Fit_FewExamplesOfAGroup_FindsTheRestOfItAndLittleElse()
    {
        var random = new Random(3);
        var centre = Unit(random, 48, null);
        var group = Enumerable.Range(0, 60).Select(_ => Unit(random, 48, centre)).ToArray();
        var others = Enumerable.Range(0, 1500).Select(_ => Unit(random, 48, null)).ToArray();

        var head = TagHead.Fit("new", "hash", [.. group.Take(8).Select((vector, i) => (new StickerId(i), vector))], others[..500]);

        Assert.True(head.Recovered >= 6, $"{head.Recovered} of 8 examples are accepted when left out");
        var found = group.Skip(8).Count(vector => head.Suggest(default, vector.AsSpan(0, 24), vector.AsSpan(24)) is { Decision: SuggestionDecision.Accept });
        var wrong = others.Skip(500).Count(vector => head.Suggest(default, vector.AsSpan(0, 24), vector.AsSpan(24)) is { Decision: SuggestionDecision.Accept });
        // Nearly all of 52; of 1,000 strangers no more than the threshold was set to let in (5), and some luck.
        Assert.True(found >= 46, $"{found} of 52 found");
        Assert.True(wrong <= 10, $"{wrong} of 1000 strangers accepted");
    }

    [Fact]
    public async Task RunAsync_NewTag_IsPlannedForUntaggedStickersNearTheExamplesOnly()
    {
        using var store = new TestStore();
        await store.AddCatalogueAsync(Enumerable.Range(0, 80).Select(number => TestStore.Draw(number, tags: number % 4 == 0 ? ["red"] : [])), Cancellation);
        await store.AddModelAsync(Cancellation, 0.56f);
        var embed = await EmbedJob.OpenAsync(store.Store, new EmbedOptions { Model = TestStore.Model, Catalogue = TestStore.Catalogue }, Cancellation);
        await JobRunner.RunAsync(embed, store.Store, new RunOptions { Folder = embed.Folder }, null, Cancellation);
        var options = new TagAdditionOptions { Tag = "Shiba", Examples = ["pack/1", "pack/3", "pack/5", "pack/7"], Model = TestStore.Model, Catalogue = TestStore.Catalogue };
        var refused = await Assert.ThrowsAsync<InvalidDataException>(() => TagAddition.RunAsync(store.Store, options, null, Cancellation));
        Assert.Contains("Backfill first", refused.Message, StringComparison.Ordinal);
        var backfill = await BackfillJob.OpenAsync(store.Store, new BackfillOptions { Model = TestStore.Model, Catalogue = TestStore.Catalogue }, Cancellation);
        await JobRunner.RunAsync(backfill, store.Store, new RunOptions { Folder = backfill.Folder }, null, Cancellation);
        var before = await RowsAsync();

        var (head, plan) = await TagAddition.RunAsync(store.Store, options, null, Cancellation);
        await BackfillApplication.ApplyAsync(store.Store, plan, null, Cancellation);

        var after = await RowsAsync();
        Assert.Equal("shiba", head.Tag);
        Assert.Equal(4, head.Examples.Count);
        Assert.Equal(before.OrderBy(row => (row.Id.Value, row.Tag)), after.Where(row => row.Tag != "shiba").OrderBy(row => (row.Id.Value, row.Tag)));
        var added = after.Where(row => row.Tag == "shiba").ToList();
        Assert.NotEmpty(added);
        Assert.Equal(plan.Total.Added, added.Count);
        var labelled = Enumerable.Range(0, 20).Select(number => StickerId.FromKey($"pack/{number * 4}")).ToHashSet();
        Assert.DoesNotContain(added, row => labelled.Contains(row.Id));
        var vectors = await (await EmbeddingSet.OpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation)).ReadAsync(Cancellation).ToDictionaryAsync(row => row.Id, row => TagHead.Join(row.Visual, row.Semantic), cancellationToken: Cancellation);
        Assert.All(added, row => Assert.True(head.Examples.Max(example => TensorPrimitives.Dot(vectors[example], vectors[row.Id])) >= head.Radius - 1e-5));

        async Task<List<Suggestion>> RowsAsync() => await (await SuggestionSet.TryOpenAsync(store.Store, TestStore.Model, TestStore.Catalogue, Cancellation))!.ReadAsync(Cancellation).ToListAsync(Cancellation);
    }

    [Theory]
    [InlineData("Red", "knows 'red' already", "pack/1,pack/3,pack/5")]
    [InlineData("svg", "junk", "pack/1,pack/3,pack/5")]
    [InlineData("shiba", "too few", "pack/1,pack/3")]
    [InlineData("shiba", "'pack/99'", "pack/1,pack/3,pack/99")]
    public async Task RunAsync_WrongInput_SaysWhatIsWrong(string tag, string expected, string examples)
    {
        using var store = new TestStore();
        await store.AddCatalogueAsync(Enumerable.Range(0, 12).Select(number => TestStore.Draw(number)), Cancellation);
        await store.AddModelAsync(Cancellation);
        var embed = await EmbedJob.OpenAsync(store.Store, new EmbedOptions { Model = TestStore.Model, Catalogue = TestStore.Catalogue }, Cancellation);
        await JobRunner.RunAsync(embed, store.Store, new RunOptions { Folder = embed.Folder }, null, Cancellation);

        var fault = await Assert.ThrowsAsync<ArgumentException>(() => TagAddition.RunAsync(store.Store, new TagAdditionOptions { Tag = tag, Examples = examples.Split(','), Model = TestStore.Model, Catalogue = TestStore.Catalogue }, null, Cancellation));

        Assert.Contains(expected, fault.Message, StringComparison.Ordinal);
    }

    private static float[] Unit(Random random, int length, float[]? around)
    {
        var vector = new float[length];
        for (var i = 0; i < length; i++) vector[i] = (float)((random.NextDouble() * 2) - 1) * (around is null ? 1 : 0.12f) + (around?[i] ?? 0);
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm(vector), vector);
        return vector;
    }
}
