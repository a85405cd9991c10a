using System.Text.Json;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class OpenApiTests(ServedWorld served)
{
    [Fact]
    public async Task Document_ListsEveryRoute()
    {
        var document = await served.GetAsync("/openapi/v1.json");
        Assert.StartsWith("3.1.", document.GetProperty("openapi").GetString(), StringComparison.Ordinal);
        string[] expected =
        [
            "delete /v1/session", "get /healthz", "get /readyz", "get /v1/map", "get /v1/reviews", "get /v1/search", "get /v1/similar", "get /v1/status", "get /v1/stickers", "get /v1/stickers/{id}",
            "get /v1/stickers/{id}/image", "get /v1/stickers/{id}/similar", "get /v1/suggest", "get /v1/tags", "post /v1/reviews", "post /v1/session", "post /v1/similar", "post /v1/stickers/batch", "post /v1/tags",
        ];
        Assert.Equal(expected, Operations(document).Select(operation => operation.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Document_DescribesOperationsParametersAndAnswers()
    {
        var document = await served.GetAsync("/openapi/v1.json");
        foreach (var (name, operation) in Operations(document))
        {
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("summary").GetString()), name);
            Assert.False(string.IsNullOrEmpty(operation.GetProperty("operationId").GetString()), name);
            if (operation.TryGetProperty("parameters", out var parameters))
                Assert.All(parameters.EnumerateArray(), parameter => Assert.False(string.IsNullOrEmpty(parameter.GetProperty("description").GetString()), name));
            if (name is not ("post /v1/session" or "delete /v1/session" or "post /v1/reviews"))
                Assert.True(operation.GetProperty("responses").GetProperty("200").TryGetProperty("content", out _), name);
        }

        var similar = document.GetProperty("paths").GetProperty("/v1/stickers/{id}/similar").GetProperty("get");
        var k = similar.GetProperty("parameters").EnumerateArray().Single(p => p.GetProperty("name").GetString() == "k").GetProperty("schema");
        Assert.Equal((1, 200, 20), (k.GetProperty("minimum").GetInt32(), k.GetProperty("maximum").GetInt32(), k.GetProperty("default").GetInt32()));
        Assert.True(similar.GetProperty("responses").TryGetProperty("404", out _));
        var score = document.GetProperty("components").GetProperty("schemas").GetProperty("Neighbour").GetProperty("properties").GetProperty("score");
        Assert.Contains("Cosine", score.GetProperty("description").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Document_SaysHowToSendAnImage()
    {
        var document = await served.GetAsync("/openapi/v1.json");
        foreach (var path in (string[])["/v1/similar", "/v1/tags"])
        {
            var post = document.GetProperty("paths").GetProperty(path).GetProperty("post");
            var content = post.GetProperty("requestBody").GetProperty("content");
            Assert.True(content.TryGetProperty("image/*", out _));
            Assert.True(content.GetProperty("multipart/form-data").GetProperty("schema").GetProperty("properties").TryGetProperty("image", out _));
            Assert.All((string[])["400", "413", "415", "422", "503"], status => Assert.True(post.GetProperty("responses").TryGetProperty(status, out _), status));
        }
    }

    [Fact]
    public async Task Document_HasNoReferenceThatLeadsNowhere()
    {
        var document = await served.GetAsync("/openapi/v1.json");
        foreach (var reference in References(document))
        {
            var found = document;
            foreach (var step in reference.TrimStart('#', '/').Split('/'))
                Assert.True(found.TryGetProperty(step, out found), reference);
        }
    }

    [Fact]
    public async Task Status_TellsWhatIsServed()
    {
        var status = await served.GetAsync("/v1/status");
        Assert.Equal(DrawnSticker.All.Count, status.GetProperty("stickers").GetInt32());
        Assert.Equal(TestWorld.ModelVersion, status.GetProperty("model").GetProperty("version").GetString());
        Assert.Equal(served.World.ModelHash, status.GetProperty("model").GetProperty("hash").GetString());
        Assert.Equal(["visual", "semantic"], status.GetProperty("indexes").EnumerateArray().Select(index => index.GetProperty("space").GetString()!));
        Assert.All(status.GetProperty("indexes").EnumerateArray(), index => Assert.Equal(DrawnSticker.All.Count, index.GetProperty("count").GetInt32()));
    }

    [Fact]
    public async Task Health_IsOk() => Assert.Equal("ok", (await served.GetAsync("/healthz")).GetProperty("status").GetString());

    private static IEnumerable<(string Name, JsonElement Operation)> Operations(JsonElement document) =>
        from path in document.GetProperty("paths").EnumerateObject()
        from operation in path.Value.EnumerateObject()
        select ($"{operation.Name} {path.Name}", operation.Value);

    private static IEnumerable<string> References(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject().SelectMany(property =>
            property.Name == "$ref" ? [property.Value.GetString()!] : References(property.Value)),
        JsonValueKind.Array => element.EnumerateArray().SelectMany(References),
        _ => [],
    };
}
