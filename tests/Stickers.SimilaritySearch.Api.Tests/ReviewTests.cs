using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Stickers.SimilaritySearch.Api.Access;
using Stickers.SimilaritySearch.Api.Reviewing;
using Stickers.SimilaritySearch.Api.Tests.Serving;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class ReviewTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Reviews_AreKeptAndLeaveTheQueue_AndTheLastDecisionCounts()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        var queue = await QueueAsync(served);
        Assert.Equal(6, queue.GetProperty("waiting").GetInt32()); // the untagged pink ones, each with one suggestion to review
        var first = queue.GetProperty("items")[0].GetProperty("sticker").GetProperty("id").GetString()!;
        var second = queue.GetProperty("items")[1].GetProperty("sticker").GetProperty("id").GetString()!;

        await PostAsync(served, new { reviewer = "Zoë", decisions = new[] { Decision(first, "accept"), Decision(second, "accept") } }, HttpStatusCode.NoContent);
        Assert.Equal(4, (await QueueAsync(served)).GetProperty("waiting").GetInt32());
        await PostAsync(served, new { reviewer = "Ann", decisions = new[] { Decision(first, "reject") } }, HttpStatusCode.NoContent);

        var labels = await Reviews.LabelsAsync(world.Store, "drawn", Cancellation);
        Assert.Equal([(second, "accept", "Zoë"), (first, "reject", "Ann")], labels.Select(label => (label.Sticker, label.Decision, label.Reviewer)));
        Assert.All(labels, label => Assert.Equal(("shape", TestWorld.ModelVersion), (label.Tag, label.Model)));
        Assert.All(labels, label => Assert.StartsWith("drawn/pink-", label.Key, StringComparison.Ordinal));
        Assert.Equal(2, Directory.GetFiles(world.Store.PathOf("reviews/drawn"), "*.json").Length);

        // Another server sees what this one kept.
        using var other = await RunningHost.StartAsync(world);
        Assert.Equal(4, (await QueueAsync(other)).GetProperty("waiting").GetInt32());
    }

    [Fact]
    public async Task Review_ThatIsNone_IsRefusedAndNothingIsKept()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        var id = DrawnSticker.Named(TestWorld.UntaggedColour, "ring").Id.ToString();
        await PostAsync(served, new { reviewer = "Ann", decisions = Array.Empty<object>() }, HttpStatusCode.BadRequest);
        await PostAsync(served, new { reviewer = "Ann", decisions = new[] { Decision(id, "maybe") } }, HttpStatusCode.BadRequest);
        await PostAsync(served, new { reviewer = " ", decisions = new[] { Decision(id, "accept") } }, HttpStatusCode.BadRequest);
        await PostAsync(served, new { reviewer = "Ann", decisions = new[] { Decision("12", "accept") } }, HttpStatusCode.NotFound);
        await PostAsync(served, new { reviewer = "Ann", decisions = new[] { new { sticker = id, tag = "zeppelin", decision = "accept" } } }, HttpStatusCode.UnprocessableEntity);
        await PostAsync(served, "no object", HttpStatusCode.BadRequest);
        Assert.Empty(await Reviews.LabelsAsync(world.Store, "drawn", Cancellation));
    }

    [Fact]
    public async Task Review_ByTheClient_IsKept()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        using var client = Client.StickersClient.Connect(served.Client.BaseAddress!);
        var queue = await client.ReviewQueueAsync("shape", 4, Cancellation);
        Assert.Equal((4, 6), (queue.Items.Count, queue.Waiting));
        var item = queue.Items[0];
        await client.AddReviewAsync(new Client.ReviewRequest("Ann", [new Client.ReviewRequestDecision(item.Sticker.Id, item.Tag, "reject")]), Cancellation);
        Assert.Equal(5, (await client.ReviewQueueAsync(cancellation: Cancellation)).Waiting);
        Assert.Equal([(item.Sticker.Id, "reject", "Ann")], (await Reviews.LabelsAsync(world.Store, "drawn", Cancellation)).Select(label => (label.Sticker, label.Decision, label.Reviewer)));
        await Assert.ThrowsAsync<Client.StickersApiException>(() => client.AddReviewAsync(new Client.ReviewRequest("Ann", []), Cancellation));
    }

    [Fact]
    public async Task Review_WithAKey_IsByItsNameAndNeedsTheScope()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        var (_, reading) = await ApiKeys.AddAsync(world.Store, "reader", ApiScopes.Read, 0, Cancellation);
        var (key, writing) = await ApiKeys.AddAsync(world.Store, "Curator", ApiScopes.Read | ApiScopes.Write, 0, Cancellation);
        using var served = await RunningHost.StartAsync(world);
        var body = new { reviewer = "somebody else", decisions = new[] { Decision(DrawnSticker.Named(TestWorld.UntaggedColour, "ring").Id.ToString(), "reject") } };
        served.Client.DefaultRequestHeaders.Authorization = new("Bearer", reading);
        await PostAsync(served, body, HttpStatusCode.Forbidden);
        served.Client.DefaultRequestHeaders.Authorization = new("Bearer", writing);
        await PostAsync(served, body, HttpStatusCode.NoContent);
        Assert.Equal($"Curator ({key.Id})", Assert.Single(await Reviews.LabelsAsync(world.Store, "drawn", Cancellation)).Reviewer);
    }

    private static object Decision(string sticker, string decision) => new { sticker, tag = "shape", decision };

    private static Task<JsonElement> QueueAsync(RunningHost served) => served.Client.GetFromJsonAsync<JsonElement>("/v1/reviews?k=100", Cancellation);

    private static async Task PostAsync(RunningHost served, object body, HttpStatusCode status)
    {
        using var response = await served.Client.PostAsJsonAsync("/v1/reviews", body, Cancellation);
        if (status == HttpStatusCode.NoContent) Assert.Equal(status, response.StatusCode);
        else await ProblemAssert.IsProblemAsync(response, status);
    }
}
