using System.Globalization;
using System.Text;
using System.Text.Json;
using Stickers.SimilaritySearch.Api.Tests.Serving;

namespace Stickers.SimilaritySearch.Api.Tests.Observing;

public sealed class MetricsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Metrics_AfterRequests_TellPhasesQueuesVersionsAndRecall()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        Uri? administration = null;
        using var log = new MemoryStream();
        string text;
        using (var served = await RunningHost.StartAsync(world, options => options with { AdminUrl = "http://127.0.0.1:0", AdminListening = address => administration = address, RecallProbeShare = 1, RecallProbePause = TimeSpan.Zero, RequestLog = log }))
        {
            var status = await served.StatusAsync();
            for (var i = 0; i < 3; i++)
                await served.Client.GetStringAsync($"/v1/stickers/{DrawnSticker.All[i].Id}/similar?k=20", Cancellation);
            using (var upload = NeighbourTests.Raw(DrawnSticker.All[0].Png))
            using (await served.Client.PostAsync("/v1/similar", upload, Cancellation))
            {
            }

            await served.Client.GetStringAsync("/v1/suggest?text=very%20private", Cancellation);
            do
            {
                text = await served.Client.GetStringAsync(new Uri(administration!, "/metrics"), Cancellation);
            }
            while (!text.Contains("stickers_lookup_live_recall 1\n", StringComparison.Ordinal));
            foreach (var phase in (string[])["decode", "embed", "search", "rerank", "metadata"])
                Assert.True(Value(text, $"stickers_lookup_phase_seconds_count{{phase=\"{phase}\"}}") >= 1, phase);
            Assert.Contains($"stickers_lookup_snapshot{{space=\"visual\",version=\"{status.GetProperty("indexes")[0].GetProperty("version").GetString()}\",model=\"untrained\"}} 1", text, StringComparison.Ordinal);
            Assert.Equal(1, Value(text, "stickers_lookup_ready"));
            Assert.Equal(0, Value(text, "stickers_lookup_queue_waiting{lane=\"search\"}"));
            Assert.Equal(1, Value(text, "stickers_lookup_swaps_total"));
            Assert.True(Value(text, "stickers_lookup_request_seconds_count{method=\"GET\",route=\"/v1/stickers/{id}/similar\",status=\"200\"}") >= 3);
        }

        AssertWellFormed(text);
        AssertDashboardAsksOnlyFor(text);
        var lines = Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(3, lines.Count(line => line.GetProperty("route").GetString() == "/v1/stickers/{id}/similar" && line.GetProperty("status").GetInt32() == 200));
        Assert.All(lines, line => Assert.True(line.GetProperty("milliseconds").GetDouble() >= 0));
        Assert.DoesNotContain("private", Encoding.UTF8.GetString(log.ToArray()), StringComparison.Ordinal);
    }

    /// <summary>Every series and label that docs/grafana.json names is one that a server which did some work exports.</summary>
    private static void AssertDashboardAsksOnlyFor(string text)
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder.FullName, "Stickers.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Stickers.sln is in no folder above the test.");
        var queries = Expressions(JsonElement.Parse(File.ReadAllText(Path.Combine(folder.FullName, "docs", "grafana.json")))).ToList();
        Assert.True(queries.Count >= 10, $"only {queries.Count} queries");
        foreach (var query in queries)
        {
            var names = System.Text.RegularExpressions.Regex.Matches(query, "stickers_[a-z_]+").Select(match => match.Value).ToList();
            Assert.NotEmpty(names);
            foreach (var name in names)
            {
                var lines = text.Split('\n').Where(line => line.StartsWith(name + "{", StringComparison.Ordinal) || line.StartsWith(name + " ", StringComparison.Ordinal)).ToList();
                Assert.True(lines.Count > 0, $"no server exports {name}, which the dashboard asks for: {query}");
                foreach (var label in System.Text.RegularExpressions.Regex.Matches(query, @"by \(([a-z, ]+)\)").SelectMany(match => match.Groups[1].Value.Split(", ")))
                    Assert.True(lines.TrueForAll(line => line.Contains($"{label}=\"", StringComparison.Ordinal)), $"{name} has no label {label}: {query}");
            }
        }

        static IEnumerable<string> Expressions(JsonElement part) => part.ValueKind switch
        {
            JsonValueKind.Object => part.EnumerateObject().SelectMany(property => property.Name == "expr" ? [property.Value.GetString()!] : Expressions(property.Value)),
            JsonValueKind.Array => part.EnumerateArray().SelectMany(Expressions),
            _ => [],
        };
    }

    /// <summary>The grammar of the text format, and that buckets only grow.</summary>
    private static void AssertWellFormed(string text)
    {
        Assert.EndsWith("\n", text, StringComparison.Ordinal);
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Matches("""^(# (HELP|TYPE) [a-z_]+ .*|[a-z_]+(\{([a-z]+="([^"\\]|\\.)*",?)+\})? [-+0-9.eE]+)$""", line);
        var types = text.Split('\n').Where(line => line.StartsWith("# TYPE", StringComparison.Ordinal)).ToList();
        Assert.Equal(types.Count, types.Distinct().Count());
        double last = 0;
        foreach (var line in text.Split('\n').Where(line => line.StartsWith("stickers_lookup_phase_seconds_bucket{phase=\"search\"", StringComparison.Ordinal)))
        {
            var value = double.Parse(line[(line.LastIndexOf(' ') + 1)..], CultureInfo.InvariantCulture);
            Assert.True(value >= last);
            last = value;
        }
    }

    private static double Value(string text, string series)
    {
        var line = text.Split('\n').Single(line => line.StartsWith(series + " ", StringComparison.Ordinal));
        return double.Parse(line[(series.Length + 1)..], CultureInfo.InvariantCulture);
    }
}
