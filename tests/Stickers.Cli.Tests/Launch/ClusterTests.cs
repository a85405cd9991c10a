using System.Net;
using System.Text.Json.Nodes;
using k8s;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Stickers.Cli.Launch;

namespace Stickers.Cli.Tests.Launch;

/// <summary>There is no cluster here: a small server answers as the API server's documentation says.</summary>
public sealed class ClusterTests : IAsyncDisposable
{
    private readonly List<(string Line, JsonNode? Body)> _requests = [];
    private readonly TemporaryFolder _folder = new();
    private readonly WebApplication _server;
    private Func<string, int> _answer = _ => StatusCodes.Status201Created;

    public ClusterTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _server = builder.Build();
        _server.Run(async context =>
        {
            var body = await JsonNode.ParseAsync(context.Request.Body);
            var line = $"{context.Request.Method} {context.Request.Path}";
            lock (_requests) _requests.Add((line, body));
            context.Response.StatusCode = _answer(line);
            await context.Response.WriteAsJsonAsync(body);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task ApplyAsync_AManifest_CreatesJobSetAndSecret()
    {
        var said = await ApplyAsync();
        Assert.Equal(
            ["POST /apis/jobset.x-k8s.io/v1alpha2/namespaces/market/jobsets", "POST /api/v1/namespaces/market/secrets"],
            _requests.Select(request => request.Line));
        Assert.Equal("stickers-run", (string?)_requests[0].Body?["metadata"]?["name"]);
        Assert.Equal(4, _requests[0].Body?["spec"]?["replicatedJobs"]?.AsArray().Count);
        Assert.NotNull(_requests[1].Body?["stringData"]?["token"]);
        Assert.Contains("logs --follow job/stickers-run-lead-0", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ApplyAsync_ASecretOfAnEarlierJob_IsReplaced()
    {
        _answer = line => line == "POST /api/v1/namespaces/market/secrets" ? StatusCodes.Status409Conflict : StatusCodes.Status201Created;
        await ApplyAsync();
        Assert.Equal("PUT /api/v1/namespaces/market/secrets/stickers-run-nodes", _requests[^1].Line);
    }

    [Theory]
    [InlineData(HttpStatusCode.NotFound, "no JobSet controller")]
    [InlineData(HttpStatusCode.Conflict, "--job-name")]
    [InlineData(HttpStatusCode.Forbidden, "403")]
    public async Task ApplyAsync_AClusterThatRefuses_SaysWhy(HttpStatusCode status, string expected)
    {
        _answer = _ => (int)status;
        var exception = await Assert.ThrowsAsync<InvalidOperationException>(ApplyAsync);
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
        Assert.Single(_requests);
    }

    private async Task<string> ApplyAsync()
    {
        await _server.StartAsync(TestContext.Current.CancellationToken);
        var file = Path.Combine(_folder.Path, "config");
        await File.WriteAllTextAsync(
            file,
            $$"""
            apiVersion: v1
            kind: Config
            current-context: here
            clusters: [{ name: here, cluster: { server: "{{_server.Urls.Single()}}" } }]
            contexts: [{ name: here, context: { cluster: here, namespace: market, user: me } }]
            users: [{ name: me, user: { token: none } }]
            """,
            TestContext.Current.CancellationToken);
        return await Cluster.ApplyAsync(JobSetManifest.Of(Plans.ThreeStages, new ClusterPlace("image")), KubernetesClientConfiguration.BuildConfigFromConfigFile(file), TestContext.Current.CancellationToken);
    }
}
