using System.Net;
using System.Reflection;
using System.Text.Json;
using Stickers.Client;

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>The client package against the OpenAPI document and the server.</summary>
public sealed class ClientTests(ServedWorld served) : IDisposable
{
    private readonly StickersClient _client = StickersClient.Connect(served.Address);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _client.Dispose();

    [Fact]
    public async Task Records_HaveThePropertiesThatTheDocumentDescribes()
    {
        var schemas = (await served.GetAsync("/openapi/v1.json")).GetProperty("components").GetProperty("schemas");
        var records = typeof(StickersClient).Assembly.GetExportedTypes().Where(type => schemas.TryGetProperty(type.Name, out _)).ToList();
        Assert.True(records.Count >= 23, $"only {records.Count} of the client's records stand in the document");
        Assert.All(records, type =>
        {
            var described = schemas.GetProperty(type.Name).GetProperty("properties").EnumerateObject().Select(property => property.Name).Order(StringComparer.Ordinal);
            var held = type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Select(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(StringComparer.Ordinal);
            Assert.Equal(described, held);
        });
    }

    [Fact]
    public async Task Options_SendEveryParameterThatTheDocumentDescribes()
    {
        var document = await served.GetAsync("/openapi/v1.json");
        var described = document.GetProperty("paths").GetProperty("/v1/stickers/{id}/similar").GetProperty("get").GetProperty("parameters").EnumerateArray()
            .Select(parameter => parameter.GetProperty("name").GetString()!).Where(name => name != "id").Order(StringComparer.Ordinal);
        var held = typeof(SimilarOptions).GetProperties().Select(property => property.Name == nameof(SimilarOptions.Count) ? "k" : JsonNamingPolicy.CamelCase.ConvertName(property.Name)).Order(StringComparer.Ordinal);
        Assert.Equal(described, held);
    }

    [Fact]
    public async Task Examples_InTheDocument_AreWhatTheClientReads()
    {
        var strict = new JsonSerializerOptions(JsonSerializerDefaults.Web) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
        var document = await served.GetAsync("/openapi/v1.json");
        var read = 0;
        foreach (var operation in document.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject()).Select(operation => operation.Value))
        {
            if (!operation.GetProperty("responses").TryGetProperty("200", out var ok) || !ok.TryGetProperty("content", out var content)
                || !content.TryGetProperty("application/json", out var json) || !json.TryGetProperty("example", out var example))
                continue;
            var schema = json.GetProperty("schema").GetProperty("$ref").GetString()!.Split('/')[^1];
            Assert.NotNull(example.Deserialize(typeof(StickersClient).Assembly.GetType($"Stickers.Client.{schema}", throwOnError: true)!, strict));
            read++;
        }

        Assert.Equal(9, read);
    }

    [Fact]
    public async Task Calls_AllOfThem_AreUnderstood()
    {
        var sticker = DrawnSticker.Named("red", "ring");
        var id = sticker.Id.ToString();
        Assert.True(await _client.ReadyAsync(Cancellation));
        Assert.Equal(DrawnSticker.All.Count, (await _client.StatusAsync(Cancellation)).Stickers);
        Assert.Equal(5, (await _client.BrowseAsync(3, 5, Cancellation)).Items.Count);
        Assert.Equal(sticker.Key, (await _client.FindAsync(id, cancellation: Cancellation))!.Sticker.Key);
        Assert.Null(await _client.FindAsync("12", cancellation: Cancellation));
        var batch = await _client.FindManyAsync([id, "12"], Cancellation);
        Assert.Equal((sticker.Key, "12"), (Assert.Single(batch.Items).Key, Assert.Single(batch.Missing)));
        Assert.NotEmpty(await _client.ImageAsync(id, Cancellation));
        var near = await _client.SimilarAsync(id, new SimilarOptions { Blend = 0.25, Count = 4, Pack = ["round"], None = ["blue"], Animated = false, Explain = true, Collapse = false }, Cancellation);
        Assert.Equal("blend", near.Space);
        Assert.All(near.Items, item => Assert.Equal(("round", false), (item.Sticker.Pack, item.Sticker.Animated)));
        Assert.All(near.Items, item => Assert.NotNull(item.Explain!.Visual));
        var all = new List<string>();
        await foreach (var item in _client.SimilarAllAsync(id, new SimilarOptions { Count = 10, Collapse = false }, Cancellation))
            all.Add(item.Sticker.Id);
        Assert.Equal(DrawnSticker.All.Count - 1, all.Distinct().Count());
        Assert.Equal(all.Count, all.Distinct().Count());
        Assert.NotEmpty((await _client.SimilarToExamplesAsync([id], [DrawnSticker.All[0].Id.ToString()], new SimilarOptions { Collapse = false }, Cancellation)).Items);
        Assert.Equal(id, (await _client.SimilarToImageAsync(sticker.Png, new SimilarOptions { Space = "semantic", Collapse = false }, Cancellation)).Items[0].Sticker.Id);
        Assert.Equal("text", (await _client.SearchAsync("red", new SimilarOptions { Collapse = false }, Cancellation)).Items[0].Match);
        Assert.Equal("ring", (await _client.SuggestAsync("a rin", "en", 5, cancellation: Cancellation)).Items[0].Tag);
        var map = await _client.MapAsync("semantic", Cancellation);
        Assert.Equal((DrawnSticker.All.Count, DrawnSticker.All.Count), (map.Ids.Count, map.Y.Count));
        Assert.Equal(3, (await _client.TopTagsAsync(3, cancellation: Cancellation)).Items.Count);
        Assert.NotEmpty((await _client.SuggestTagsAsync(sticker.Png, cancellation: Cancellation)).Suggestions);
    }

    [Fact]
    public async Task Failure_IsTheServersOwnWords()
    {
        var e = await Assert.ThrowsAsync<StickersApiException>(() => _client.SimilarAsync("1", new SimilarOptions { Count = 1000 }, Cancellation));
        Assert.Equal(HttpStatusCode.BadRequest, e.Status);
        Assert.True(e.Errors.ContainsKey("k"));
        Assert.False(e.IsTransient);
    }
}
