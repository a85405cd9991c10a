using System.Numerics.Tensors;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class SearchTests(ServedWorld served)
{
    [Fact]
    public async Task Search_ByATag_GivesThoseThatCarryItFirst()
    {
        var items = await SearchAsync("red", 100);
        Assert.Equal(
            DrawnSticker.All.Where(s => s.Colour == "red").Select(s => s.Key).Order(),
            items.TakeWhile(item => item.Match == "text").Select(item => item.Key).Order());
        Assert.Equal(items.Count, items.Select(item => item.Key).Distinct().Count());
    }

    [Fact]
    public async Task Search_ByAnAcceptedSuggestion_FindsTheUntagged()
    {
        var items = await SearchAsync("ring", 100);
        Assert.Contains(items, item => item is { Key: "drawn/pink-ring", Match: "text" });
    }

    [Fact]
    public async Task Search_ByAnUnfinishedWord_FindsTheWord()
    {
        var items = await SearchAsync("trian", 100);
        Assert.Equal(DrawnSticker.All.Count(s => s.Shape == "triangle"), items.Count);
        Assert.All(items, item => Assert.Equal("text", item.Match));
    }

    [Theory]
    [InlineData("red", "red")]
    [InlineData(" RED ", "red")]
    [InlineData("red circle", "red,circle")]
    public async Task Search_ByWordsTheModelKnows_AddsTheNearestInMeaning(string text, string words)
    {
        using var model = await StickerModel.LoadAsync(served.World.Store, TestWorld.ModelVersion, TestContext.Current.CancellationToken);
        var vector = new float[model.SemanticDimension];
        foreach (var word in words.Split(','))
            TensorPrimitives.Add(vector, model.TagVector(word)!, vector);
        var norm = TensorPrimitives.Norm<float>(vector);
        var truth = DrawnSticker.All.ToDictionary(s => s.Key, s => TensorPrimitives.Dot<float>(vector, served.World.Predictions[s.Id].Semantic) / norm);

        var items = await SearchAsync(text, 200);
        Assert.Equal(DrawnSticker.All.Count, items.Count);
        var meant = items.Where(item => item.Match == "semantic").ToList();
        Assert.NotEmpty(meant);
        Assert.All(meant, item => Assert.Equal(truth[item.Key], item.Score, 0.001f));
        Assert.Equal(meant.Select(item => item.Score).OrderDescending(), meant.Select(item => item.Score));
    }

    [Fact]
    public async Task Search_ByAWordNobodyKnows_FindsNothing() => Assert.Empty(await SearchAsync("zeppelin", 10));

    [Fact]
    public async Task Search_ByAWordThatIsFarFromEveryPicture_FindsNothing() => Assert.Empty(await SearchAsync(TestModel.FarFromAll, 10));

    [Theory]
    [InlineData("\"")]
    [InlineData("red OR green AND (")]
    [InlineData("* NEAR/2 tags:x")]
    [InlineData("';--")]
    [InlineData("%00")]
    [InlineData("😀 ｒｅｄ")]
    public async Task Search_ByOddText_Answers(string text) => await SearchAsync(text, 5);

    [Fact]
    public async Task Search_ForFewer_GivesNoMore() => Assert.Equal(3, (await SearchAsync("red", 3)).Count);

    [Fact]
    public async Task Search_ByAFrequentTag_KeepsRoomForThoseThatNobodyTagged()
    {
        var items = await SearchAsync("red", 6);
        Assert.Equal(["text", "text", "text", "text", "semantic", "semantic"], items.Select(item => item.Match));
        Assert.DoesNotContain(items.Skip(4), item => item.Key.Contains("red", StringComparison.Ordinal));
    }

    [Fact]
    public async Task TopTags_AreCountedAndSorted()
    {
        var items = (await served.GetAsync("/v1/tags?k=3")).GetProperty("items").EnumerateArray().ToList();
        Assert.Equal(3, items.Count);
        var truth = DrawnSticker.All.Where(s => s.Colour != TestWorld.UntaggedColour).SelectMany(s => new[] { s.Colour, s.Shape }).CountBy(tag => tag).ToDictionary();
        Assert.All(items, item => Assert.Equal(truth[item.GetProperty("tag").GetString()!], item.GetProperty("count").GetInt32()));
        Assert.Equal(truth.Values.OrderDescending().Take(3), items.Select(item => item.GetProperty("count").GetInt32()));
    }

    private async Task<List<(string Key, string Match, float Score)>> SearchAsync(string text, int k)
    {
        var answer = await served.GetAsync($"/v1/search?q={Uri.EscapeDataString(text)}&k={k}");
        Assert.Equal(text, answer.GetProperty("query").GetString());
        return [.. answer.GetProperty("items").EnumerateArray().Select(item => (
            item.GetProperty("sticker").GetProperty("key").GetString()!,
            item.GetProperty("match").GetString()!,
            item.GetProperty("score").GetSingle()))];
    }
}
