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
        var lines = Encoding.UTF8.GetString(log.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        Assert.Equal(3, lines.Count(line => line.GetProperty("route").GetString() == "/v1/stickers/{id}/similar" && line.GetProperty("status").GetInt32() == 200));
        Assert.All(lines, line => Assert.True(line.GetProperty("milliseconds").GetDouble() >= 0));
        Assert.DoesNotContain("private", Encoding.UTF8.GetString(log.ToArray()), StringComparison.Ordinal);
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
