using System.Net;
using System.Net.Http.Json;
using System.Text.Json;

namespace Stickers.EndToEnd.Tests;

/// <summary>From files to lookups, by the commands that a person would give, over whatever root.</summary>
internal static class Journey
{
    public static async Task TakeAsync(CommandRunner commands, string drawings)
    {
        DrawnStickers.Write(drawings);
        var catalogue = await commands.JsonAsync("import", drawings, "--name", "drawn");
        Assert.Equal(DrawnStickers.Good + DrawnStickers.Broken, catalogue.Number("read"));
        Assert.Equal(DrawnStickers.Good, catalogue.Number("written"));
        Assert.Equal(DrawnStickers.Broken, catalogue.Number("quarantined"));

        var model = await commands.JsonAsync("train", "--catalogue", "drawn", "--model", "m1", "--views", "12000", "--min-support", "10");
        Assert.True(model.Number("steps") > 0);

        var evaluation = await commands.JsonAsync("evaluate", "--catalogue", "drawn");
        var systems = evaluation.GetProperty("tagging").EnumerateArray().Select(system => system.GetProperty("map").GetDouble()).ToList();
        // Shapes and colours are easy: a network that learns at all is far above the frequency of a tag.
        Assert.True(systems[0] > systems.Min() + 0.1, $"The network's mAP is {systems[0]}, the systems' are {string.Join(", ", systems)}.");

        var embeddings = await commands.JsonAsync("embed", "--catalogue", "drawn");
        Assert.Equal(DrawnStickers.Good, embeddings.Number("written"));
        var first = (await commands.JsonAsync("index", "build", "--catalogue", "drawn", "--space", "visual"))[0].GetProperty("version").GetString()!;

        var suggestions = await BackfillWithoutTorchAsync(commands);
        Assert.Equal(DrawnStickers.Untagged, suggestions.Number("read"));
        Assert.Equal(suggestions.Number("read"), suggestions.Number("tagged") + suggestions.Number("withoutSuggestion") + suggestions.Number("quarantined"));

        var indexes = (await commands.JsonAsync("index", "build", "--catalogue", "drawn")).EnumerateArray().ToList();
        Assert.Equal(2, indexes.Count);
        Assert.All(indexes, index => Assert.Equal(DrawnStickers.Good, index.Number("count")));
        Assert.All(indexes, index => Assert.True(index.GetProperty("recallAt10").GetDouble() >= 0.95));
        Assert.All(indexes, index => Assert.True(index.GetProperty("published").GetBoolean()));

        await TagGivesEveryScoreAsync(commands, drawings);
        await SimilarAgreesWithTheServerAsync(commands, Path.Combine(drawings, "c00-00.png"));
        await IndexesComeAndGoAsync(commands, first, indexes[0].GetProperty("version").GetString()!);
    }

    /// <summary>A model with ranges of activations infers without LibTorch, half a gigabyte that takes a second to load: the C library's loader lists what it opens.</summary>
    private static async Task<JsonElement> BackfillWithoutTorchAsync(CommandRunner commands)
    {
        using var backfill = commands.StartWith("LD_DEBUG", "files", "backfill", "--catalogue", "drawn", "--json");
        var outcome = await backfill.WaitAsync();
        Assert.True(outcome.Code == 0, $"stickers backfill ended with {outcome.Code}:\n{outcome.Output}");
        Assert.Contains("libstickers_tagger.so", outcome.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("libtorch", outcome.Error, StringComparison.OrdinalIgnoreCase);
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    /// <summary>The second was built with suggestions, the first without.</summary>
    private static async Task IndexesComeAndGoAsync(CommandRunner commands, string first, string second)
    {
        Assert.NotEqual(first, second);
        Assert.True((await commands.JsonAsync("index", "verify", "--space", "visual")).GetProperty("recallAt10").GetDouble() >= 0.95);
        Assert.True((await commands.JsonAsync("index", "update", "--catalogue", "drawn", "--space", "visual"))[0].GetProperty("alreadyBuilt").GetBoolean());
        await commands.RunAsync(0, "index", "diff", first, second, "--space", "visual");
        await commands.RunAsync(0, "index", "rollback", "--space", "visual");
        Assert.Equal(first, await ServedAsync());
        await commands.RunAsync(0, "index", "publish", "--space", "visual", "--version", second);
        Assert.Equal(second, await ServedAsync());
        await commands.RunAsync(0, "index", "prune", "--space", "visual", "--keep", "0");
        Assert.Single(await VersionsAsync());

        async Task<string?> ServedAsync() => (await VersionsAsync()).Single(version => version.GetProperty("current").GetBoolean()).GetProperty("version").GetString();

        async Task<List<JsonElement>> VersionsAsync() => [.. (await commands.JsonAsync("index", "list")).EnumerateArray().Where(version => version.GetProperty("space").GetString() == "visual")];
    }

    private static async Task TagGivesEveryScoreAsync(CommandRunner commands, string drawings)
    {
        var answer = await commands.JsonAsync("tag", Path.Combine(drawings, "c11-03.png"), Path.Combine(drawings, "c11-07.png"), "--scores", "all");
        var tags = answer.GetProperty("vocabulary").GetArrayLength();
        Assert.Equal(2, answer.GetProperty("images").GetArrayLength());
        foreach (var image in answer.GetProperty("images").EnumerateArray())
        {
            Assert.Equal(tags, image.GetProperty("scores").GetArrayLength());
            foreach (var space in new[] { "visual", "semantic" })
                Assert.Equal(1, Math.Sqrt(image.GetProperty(space).EnumerateArray().Sum(value => Math.Pow(value.GetDouble(), 2))), 3);
        }

        var explained = (await commands.JsonAsync("tag", Path.Combine(drawings, "c11-03.png"), "--explain", "--catalogue", "drawn")).GetProperty("images")[0];
        Assert.Equal(explained.GetProperty("suggestions").EnumerateArray().Take(3).Select(s => s.GetProperty("tag").GetString()), explained.GetProperty("heat").EnumerateArray().Select(h => h.GetProperty("tag").GetString()));
        Assert.All(explained.GetProperty("heat").EnumerateArray(), heat => Assert.Equal(100, heat.GetProperty("values").GetArrayLength()));
        // The picture is of the catalogue and untagged: what explains it are others, with labels, nearest first.
        var examples = explained.GetProperty("examples").EnumerateArray().ToList();
        Assert.NotEmpty(examples);
        Assert.All(examples, example => Assert.NotEmpty(example.GetProperty("tags").EnumerateArray()));
        Assert.Equal(examples.OrderByDescending(example => example.GetProperty("likeness").GetDouble()), examples);

        var everyone = await commands.JsonAsync("tag", "--catalogue", "drawn", "--scores", "all");
        Assert.Equal(DrawnStickers.Good, everyone.GetProperty("images").EnumerateArray().Select(image => image.GetProperty("id").GetString()).Distinct().Count());
        var broken = await commands.RunAsync(1, "tag", Path.Combine(drawings, "broken-0.png"));
        Assert.Contains("1 of 1 images", broken.Error, StringComparison.Ordinal);
    }

    private static async Task SimilarAgreesWithTheServerAsync(CommandRunner commands, string image)
    {
        var stop = TestContext.Current.CancellationToken;
        var near = await commands.JsonAsync("similar", image, "--space", "visual", "--k", "5");
        var first = near.GetProperty("results")[0];
        // The query is in the catalogue: its own vector, computed alone or in a batch, is the nearest.
        Assert.Equal("drawings/c00-00.png", first.GetProperty("key").GetString());
        var id = first.GetProperty("id").GetString();
        var neighbours = await commands.JsonAsync("similar", id!, "--space", "visual", "--k", "5");

        await using var collector = await OtlpCollector.StartAsync();
        using var server = commands.StartWith("OTEL_EXPORTER_OTLP_PROTOCOL", "http/protobuf", "serve", "--url", "http://127.0.0.1:0", "--otlp", collector.Address.ToString());
        var line = await server.WaitForAsync("Serving on");
        using var client = new HttpClient { BaseAddress = new Uri(line.Split(' ').First(word => word.StartsWith("http", StringComparison.Ordinal))) };
        Assert.Equal(HttpStatusCode.OK, (await client.GetAsync(new Uri("/healthz", UriKind.Relative), stop)).StatusCode);
        var served = await client.GetFromJsonAsync<JsonElement>($"/v1/stickers/{id}/similar?space=visual&k=5", stop);
        Assert.Equal(
            neighbours.GetProperty("results").EnumerateArray().Select(result => result.GetProperty("id").GetString()),
            served.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("sticker").GetProperty("id").GetString()));
        var found = await client.GetFromJsonAsync<JsonElement>("/v1/search?q=star", stop);
        Assert.Contains("star", found.GetProperty("items")[0].GetProperty("sticker").GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()));
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(new Uri("/v1/stickers/1", UriKind.Relative), stop)).StatusCode);
        server.Send("TERM");
        Assert.Equal(0, (await server.WaitAsync()).Code);
        AssertSent(collector, "/v1/metrics", "stickers.lookup.request", "stickers.lookup.phase", "/v1/stickers/{id}/similar");
        AssertSent(collector, "/v1/traces", "Stickers.Lookup", "search", "metadata", "Microsoft.AspNetCore");
    }

    /// <summary>A server that ends has sent all that it measured.</summary>
    private static void AssertSent(OtlpCollector collector, string path, params string[] names)
    {
        var sent = collector.Of(path);
        Assert.NotEmpty(sent);
        Assert.All(sent, one => Assert.Equal("application/x-protobuf", one.ContentType));
        foreach (var name in names.Append("stickers"))
            Assert.True(sent.Any(one => one.Body.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(name)) >= 0), $"{path} was not told of '{name}'");
    }
}
