using System.Net.Http.Json;
using System.Numerics.Tensors;
using System.Text.Json;

namespace Stickers.SimilaritySearch.Api.Tests.Lookups;

/// <summary>Cursors beyond the first thousand results, over HTTP.</summary>
public sealed class PagingTests
{
    private const int Crowd = 2300;

    [Fact]
    public async Task Similar_ByCursorBeyondAThousand_GivesEveryNeighbourOnceInOrder()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var world = await TestWorld.CreateAsync(cancellation, Crowd);
        var probe = world.Predictions[DrawnSticker.All[0].Id].Visual;
        var truth = DrawnSticker.All.Skip(1).Select(s => (s.Id, Vector: world.Predictions[s.Id].Visual))
            .Concat(world.Crowd.Select((id, i) => (Id: id, Vector: TestWorld.CrowdVector(i, probe.Length))))
            .ToDictionary(item => item.Id.ToString(), item => TensorPrimitives.Dot<float>(probe, item.Vector));
        var found = await PagesAsync(world, $"/v1/stickers/{DrawnSticker.All[0].Id}/similar?collapse=false&k=200");
        Assert.Equal(truth.Keys.Order(StringComparer.Ordinal), found.Select(item => item.Id).Order(StringComparer.Ordinal));
        Assert.Equal(found.Select(item => item.Score).OrderDescending(), found.Select(item => item.Score));
        Assert.All(found, item => Assert.Equal(truth[item.Id], item.Score, 0.001f));
    }

    /// <summary>Those that carry the word and those that mean it come in turn, so only each kind has an order.</summary>
    [Fact]
    public async Task Search_ByCursorBeyondAThousand_GivesEveryCarrierOfTheWordOnce()
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var world = await TestWorld.CreateAsync(cancellation, Crowd);
        var found = await PagesAsync(world, "/v1/search?q=crowd&collapse=false&k=200");
        Assert.Equal(world.Crowd.Select(id => id.ToString()).Order(StringComparer.Ordinal), found.Select(item => item.Id).Order(StringComparer.Ordinal));
        Assert.Equal(found.Select(item => item.Score).OrderDescending(), found.Select(item => item.Score));
    }

    private static async Task<List<(string Id, float Score)>> PagesAsync(TestWorld world, string path)
    {
        var cancellation = TestContext.Current.CancellationToken;
        using var lookup = await ServedWorld.OpenAsync(world, cancellation);
        var (app, client) = await ServedWorld.ServeAsync(lookup, new ApiOptions { Store = world.Store });
        await using var _ = app;
        using var __ = client;
        var (found, next) = (new List<(string, float)>(), "");
        do
        {
            var page = await client.GetFromJsonAsync<JsonElement>(path + next, cancellation);
            found.AddRange(page.GetProperty("items").EnumerateArray().Select(item => (item.GetProperty("sticker").GetProperty("id").GetString()!, item.GetProperty("score").GetSingle())));
            next = page.TryGetProperty("next", out var cursor) ? $"&cursor={cursor.GetString()}" : "";
        }
        while (next.Length > 0);
        return found;
    }
}
