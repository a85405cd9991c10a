using System.Net;
using System.Numerics.Tensors;
using System.Text.Json;

namespace Stickers.SimilaritySearch.Api.Tests.Lookups;

/// <summary>Every answer against a brute-force search over what the world was made of.</summary>
public sealed class FilterTests(ServedWorld served)
{
    private static readonly DrawnSticker Query = DrawnSticker.Named("green", "diamond");

    private static readonly Dictionary<string, Func<DrawnSticker, bool>> Passing = new()
    {
        { "pack=round", s => s.Shape is "circle" or "ring" },
        { "pack=round&pack=drawn", _ => true },
        { "pack=none", _ => false },
        { "creator=Ann", s => s.Colour != "black" },
        { "locale=ja", s => s.Colour == "green" },
        { "animated=true", s => s.Colour == "blue" },
        { "animated=false&locale=en", s => s.Colour is not ("blue" or "green") },
        { "any=red&any=cross", s => s.Colour == "red" || s.Shape == "cross" },
        { "all=red&all=cross", s => s.Colour == "red" && s.Shape == "cross" },
        { "none=cross&none=red", s => s.Shape != "cross" && s.Colour != "red" },
        { "createdAfter=2024-05-31T11:59:59Z", s => s.Colour is not ("red" or "black") },
        { "createdAfter=2024-05-31T14:00:00%2B02:00", _ => false },
        { "createdAfter=1999&pack=round", s => s.Colour != "black" && s.Shape is ("circle" or "ring") },
        { "any=ring&none=yellow&pack=round", s => s.Shape == "ring" && s.Colour != "yellow" },
    };

    public static TheoryData<string> Filters => [.. Passing.Keys];

    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Similar_WithAFilter_IsTheExactFilteredSearch(string filter)
    {
        foreach (var (blend, parameter) in new[] { (0f, "space=visual"), (1f, "space=semantic"), (0.3f, "blend=0.3") })
        {
            var answer = await served.GetAsync($"/v1/stickers/{Query.Id}/similar?{parameter}&{filter}&k=200&collapse=false");
            AssertRanked(answer, blend, s => s != Query && Passing[filter](s));
        }
    }

    /// <summary>Those that carry the word, all of them, and the rest that means it, nearest first: nothing that passes is missing, nothing else is there.</summary>
    [Theory]
    [MemberData(nameof(Filters))]
    public async Task Search_WithAFilter_IsTheExactFilteredSearch(string filter)
    {
        using var model = await Tagger.StickerModel.LoadAsync(served.World.Store, TestWorld.ModelVersion, TestContext.Current.CancellationToken);
        var red = model.TagVector("red")!;
        var floor = 2 / MathF.Sqrt(red.Length);
        var answer = await served.GetAsync($"/v1/search?q=red&k=200&collapse=false&{filter}");
        var items = answer.GetProperty("items").EnumerateArray().Select(item => (Id: item.GetProperty("sticker").GetProperty("id").GetString()!, Match: item.GetProperty("match").GetString(), Score: item.GetProperty("score").GetSingle())).ToList();
        var passing = DrawnSticker.All.Where(Passing[filter]).ToList();
        Assert.Equal(passing.Where(s => s.Colour == "red").Select(s => s.Id.ToString()).Order(), items.Where(item => item.Match == "text").Select(item => item.Id).Order());
        var truth = passing.Where(s => s.Colour != "red").ToDictionary(s => s.Id.ToString(), s => TensorPrimitives.Dot<float>(red, served.World.Predictions[s.Id].Semantic));
        var meant = items.Where(item => item.Match == "semantic").ToList();
        // Within rounding of the floor either is right.
        Assert.Superset(truth.Where(s => s.Value > floor + 0.001f).Select(s => s.Key).ToHashSet(), meant.Select(item => item.Id).ToHashSet());
        Assert.All(meant, item => Assert.Equal(truth[item.Id], item.Score, 0.001f));
        Assert.All(meant, item => Assert.True(item.Score > floor - 0.001f));
        Assert.Equal(meant.Select(item => item.Score).OrderDescending(), meant.Select(item => item.Score));
    }

    [Fact]
    public async Task Similar_WithABlend_TellsItsSpaceAndBothVersions()
    {
        var answer = await served.GetAsync($"/v1/stickers/{Query.Id}/similar?blend=0.5&k=5");
        Assert.Equal("blend", answer.GetProperty("space").GetString());
        Assert.Equal(25, answer.GetProperty("index").GetString()!.Length);
    }

    [Fact]
    public async Task Similar_ByCursor_GivesEveryNeighbourOnceInOrder()
    {
        var path = $"/v1/stickers/{Query.Id}/similar?collapse=false&none=red";
        var (ids, scores, next) = (new List<string>(), new List<float>(), "");
        do
        {
            var page = await served.GetAsync($"{path}&k=7{next}");
            ids.AddRange(Ids(page));
            scores.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("score").GetSingle()));
            next = page.TryGetProperty("next", out var cursor) ? $"&cursor={cursor.GetString()}" : "";
        }
        while (next.Length > 0);
        Assert.Equal(DrawnSticker.All.Where(s => s.Colour != "red" && s != Query).Select(s => s.Id.ToString()).Order(), ids.Order());
        Assert.Equal(scores.OrderDescending(), scores);
    }

    [Fact]
    public async Task Similar_ByTheCursorOfAnotherQuery_Is400()
    {
        var page = await served.GetAsync($"/v1/stickers/{Query.Id}/similar?collapse=false&k=3");
        var cursor = page.GetProperty("next").GetString();
        foreach (var path in new[] { $"/v1/stickers/{Query.Id}/similar?collapse=false&space=semantic&cursor={cursor}", $"/v1/stickers/{DrawnSticker.All[0].Id}/similar?collapse=false&cursor={cursor}", $"/v1/stickers/{Query.Id}/similar?cursor=abc" })
        {
            using var response = await served.Client.GetAsync(path, TestContext.Current.CancellationToken);
            var problem = await ProblemAssert.IsProblemAsync(response, HttpStatusCode.BadRequest);
            Assert.True(problem.GetProperty("errors").TryGetProperty("cursor", out _));
        }
    }

    [Fact]
    public async Task Similar_AboveAScore_EndsThere()
    {
        var all = (await served.GetAsync($"/v1/stickers/{Query.Id}/similar?collapse=false&k=200")).GetProperty("items").EnumerateArray().Select(item => item.GetProperty("score").GetSingle()).ToList();
        var cut = (all[9] + all[10]) / 2;
        var some = await served.GetAsync(string.Create(System.Globalization.CultureInfo.InvariantCulture, $"/v1/stickers/{Query.Id}/similar?collapse=false&k=200&minScore={cut:R}"));
        Assert.Equal(10, some.GetProperty("items").GetArrayLength());
        Assert.False(some.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task Similar_Varied_HasAtMostTwoOfAPack()
    {
        var answer = await served.GetAsync($"/v1/stickers/{Query.Id}/similar?collapse=false&diversify=pack");
        Assert.Equal(["drawn", "drawn", "round", "round"], answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sticker").GetProperty("pack").GetString()!).Order());
    }

    [Fact]
    public async Task Similar_Explained_TellsCosinesAndWhatIsShared()
    {
        var answer = await served.GetAsync($"/v1/stickers/{DrawnSticker.Named("red", "ring").Id}/similar?collapse=false&explain=true&k=200");
        var items = answer.GetProperty("items").EnumerateArray().ToDictionary(item => item.GetProperty("sticker").GetProperty("key").GetString()!, item => item.GetProperty("explain"));
        Assert.Equal(["red"], items["drawn/red-circle"].GetProperty("sharedTags").EnumerateArray().Select(tag => tag.GetString()!));
        Assert.Equal(["ring"], items["drawn/pink-ring"].GetProperty("sharedTags").EnumerateArray().Select(tag => tag.GetString()!)); // an accepted suggestion
        Assert.True(items["drawn/red-circle"].GetProperty("samePack").GetBoolean());
        Assert.False(items["drawn/red-cross"].GetProperty("samePack").GetBoolean());
        Assert.True(items["drawn/red-cross"].GetProperty("sameCreator").GetBoolean());
        var truth = TensorPrimitives.Dot<float>(served.World.Predictions[DrawnSticker.Named("red", "ring").Id].Semantic, served.World.Predictions[DrawnSticker.Named("red", "cross").Id].Semantic);
        Assert.Equal(truth, items["drawn/red-cross"].GetProperty("semantic").GetSingle(), 0.001f);
    }

    [Fact]
    public async Task Similar_ToExamples_FollowsTheWantedAndFleesTheUnwanted()
    {
        var (red, blue, green) = (DrawnSticker.Named("red", "ring"), DrawnSticker.Named("blue", "ring"), DrawnSticker.Named("green", "square"));
        var answer = await served.GetAsync($"/v1/similar?like={red.Id}&like={blue.Id}&unlike={green.Id}&collapse=false&k=200");
        float[] Visual(DrawnSticker s) => served.World.Predictions[s.Id].Visual;
        var sum = Visual(red).Zip(Visual(blue), (a, b) => (a + b) / 2).Zip(Visual(green), (a, b) => a - (b / 2)).ToArray();
        var norm = TensorPrimitives.Norm<float>(sum);
        var truth = DrawnSticker.All.Except([red, blue, green]).Select(s => TensorPrimitives.Dot<float>(sum, Visual(s)) / norm).OrderDescending().ToList();
        var found = answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("score").GetSingle()).ToList();
        Assert.Equal(truth.Count, found.Count);
        foreach (var (t, f) in truth.Zip(found))
            Assert.Equal(t, f, 0.001f);
    }

    [Theory]
    [InlineData("like=12", HttpStatusCode.NotFound)]
    public async Task Similar_ToUnknownExamples_SaysWhich(string examples, HttpStatusCode status)
    {
        using var response = await served.Client.GetAsync($"/v1/similar?{examples}", TestContext.Current.CancellationToken);
        Assert.Contains("12", (await ProblemAssert.IsProblemAsync(response, status)).GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_WithAFilterAndPages_FindsAllThatCarryTheWord()
    {
        var (found, next) = (new List<string>(), "");
        do
        {
            var page = await served.GetAsync($"/v1/search?q=red&pack=drawn&collapse=false&k=3{next}");
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sticker").GetProperty("key").GetString()!));
            next = page.TryGetProperty("next", out var cursor) ? $"&cursor={cursor.GetString()}" : "";
        }
        while (next.Length > 0);
        Assert.Equal(found.Count, found.Distinct().Count());
        Assert.All(DrawnSticker.All.Where(s => s.Colour == "red" && s.Shape is not ("circle" or "ring")), s => Assert.Contains(s.Key, found));
        Assert.DoesNotContain(found, key => key.EndsWith("circle", StringComparison.Ordinal) || key.EndsWith("ring", StringComparison.Ordinal));
    }

    private void AssertRanked(JsonElement answer, float blend, Func<DrawnSticker, bool> passes)
    {
        var query = served.World.Predictions[Query.Id];
        var truth = DrawnSticker.All.Where(passes).ToDictionary(s => s.Id.ToString(), s => Score(served.World.Predictions[s.Id]));
        Assert.Equal(truth.Keys.Order(), Ids(answer).Order());
        var scores = answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("score").GetSingle()).ToList();
        Assert.Equal(scores.OrderDescending(), scores);
        Assert.All(answer.GetProperty("items").EnumerateArray(), item => Assert.Equal(truth[item.GetProperty("sticker").GetProperty("id").GetString()!], item.GetProperty("score").GetSingle(), 0.001f));

        float Score(Tagger.Prediction other) =>
            ((1 - blend) * TensorPrimitives.Dot<float>(query.Visual, other.Visual)) + (blend * TensorPrimitives.Dot<float>(query.Semantic, other.Semantic));
    }

    private static IEnumerable<string> Ids(JsonElement answer) => answer.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sticker").GetProperty("id").GetString()!);
}
