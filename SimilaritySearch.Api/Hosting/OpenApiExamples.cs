using System.Text.Json.Nodes;
using Microsoft.OpenApi;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>What a request and its answer look like; people read these first.</summary>
internal static class OpenApiExamples
{
    private const string Sticker = """
        {
          "id": "5124095576030430", "key": "emoji/good-night", "pack": "emoji", "creator": "Ann", "title": "Good night", "locale": "en", "animated": false, "created": "2024-05-31T12:00:00Z",
          "image": "/v1/stickers/5124095576030430/image", "tags": ["good night", "moon"], "suggestions": []
        }
        """;

    private const string Versions = """ "model": "creator", "index": "1f2e3d4c5b6a" """;

    private static readonly Dictionary<string, string> Parameters = new()
    {
        ["id"] = "5124095576030430",
        ["like"] = "5124095576030430",
        ["unlike"] = "8124095576030431",
        ["q"] = "good night",
        ["text"] = "see you tomorrow, good nig",
        ["locale"] = "en",
        ["pack"] = "emoji",
        ["creator"] = "Ann",
        ["any"] = "moon",
        ["all"] = "moon",
        ["none"] = "christmas",
        ["lang"] = "ja",
        ["country"] = "JP",
        ["tag"] = "moon",
    };

    private static readonly Dictionary<string, string> Answers = new()
    {
        ["Find"] = $$"""{ "sticker": {{Sticker}}, {{Versions}}, "vocabulary": "0a1b2c3d4e5f" }""",
        ["FindMany"] = $$"""{ "items": [{{Sticker}}], "missing": ["12"], {{Versions}} }""",
        ["SimilarToSticker"] = Neighbours,
        ["SimilarToExamples"] = Neighbours,
        ["SimilarToImage"] = Neighbours,
        ["Search"] = $$"""{ "query": "good night", "items": [{ "sticker": {{Sticker}}, "match": "text", "score": 1 }], {{Versions}} }""",
        ["Suggest"] = $$"""
            {
              "items": [{ "id": "5124095576030430", "image": "/v1/stickers/5124095576030430/image", "title": "Good night", "pack": "emoji", "tag": "good night", "name": "good night", "score": 0.84 }],
              {{Versions}}
            }
            """,
        ["SuggestTags"] = """{ "suggestions": [{ "tag": "moon", "score": 0.91, "decision": "accept" }, { "tag": "sleep", "score": 0.44, "decision": "review" }], "model": "creator" }""",
        ["TopTags"] = $$"""{ "items": [{ "tag": "animal", "count": 812 }], {{Versions}} }""",
    };

    private static readonly Dictionary<string, string> Requests = new()
    {
        ["FindMany"] = """{ "ids": ["5124095576030430", "12"] }""",
        ["AddReview"] = """{ "reviewer": "Ann", "decisions": [{ "sticker": "5124095576030430", "tag": "sleep", "decision": "reject" }] }""",
        ["BeginSession"] = """{ "key": "sk_0a1b2c3d_the43characters" }""",
    };

    private static string Neighbours => $$"""
        {
          "space": "blend",
          "items": [{
            "sticker": {{Sticker}}, "score": 0.87, "copies": ["7124095576030432"],
            "explain": { "visual": 0.81, "semantic": 0.93, "sharedTags": ["moon"], "samePack": false, "sameCreator": true }
          }],
          "next": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "model": "creator", "index": "1f2e3d4c5b6a+6a5b4c3d2e1f"
        }
        """;

    /// <summary>Adds the examples that belong to an operation.</summary>
    public static void Add(OpenApiOperation operation)
    {
        foreach (var parameter in (operation.Parameters ?? []).OfType<OpenApiParameter>())
        {
            if (parameter.Name is { } name && Parameters.TryGetValue(name, out var text))
                parameter.Example = parameter.Schema is OpenApiSchema { Type: JsonSchemaType.Array } ? new JsonArray(text) : JsonValue.Create(text);
        }

        if (operation.OperationId is not { } id)
            return;
        if (Answers.TryGetValue(id, out var answer) && operation.Responses?["200"].Content?.TryGetValue("application/json", out var ok) == true)
            ok.Example = JsonNode.Parse(answer);
        if (Requests.TryGetValue(id, out var request) && operation.RequestBody?.Content?.TryGetValue("application/json", out var body) == true)
            body.Example = JsonNode.Parse(request);
    }
}
