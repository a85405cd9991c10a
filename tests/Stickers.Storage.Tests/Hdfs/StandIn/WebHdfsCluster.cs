using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace Stickers.Storage.Tests.Hdfs.StandIn;

/// <summary>
/// Two name nodes and a data node in this process that speak WebHDFS as Hadoop's page "WebHDFS REST API" says it: reading and writing are
/// redirected from the name node to the data node, faults are RemoteExceptions. No Hadoop was at hand to compare it with.
/// </summary>
internal sealed class WebHdfsCluster : IAsyncDisposable
{
    private const string Prefix = "/webhdfs/v1";

    private readonly List<WebApplication> _nodes = [];
    private readonly ConcurrentDictionary<string, int> _counts = new();

    /// <summary>Names that a listing answers at once; Hadoop's <c>dfs.ls.limit</c>.</summary>
    public const int Page = 7;

    public FileTree Tree { get; } = new();

    /// <summary>Number of the name node that does the work; the other is on standby.</summary>
    public volatile int Active;

    /// <summary>Asked at every request.</summary>
    public Func<Arrival, Trouble> TroubleOf { get; set; } = _ => Trouble.None;

    /// <summary>When set, requests must carry this token; otherwise a user's name.</summary>
    public string? Token { get; init; }

    /// <summary>Every query that came, as it came.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    /// <summary>host:port of both name nodes.</summary>
    public IReadOnlyList<string> NameNodes => [.. _nodes.Take(2).Select(Authority)];

    private string DataNode => Authority(_nodes[2]);

    public async Task<WebHdfsCluster> StartAsync()
    {
        for (var i = 0; i < 3; i++)
        {
            var number = i < 2 ? i : -1;
            var builder = WebApplication.CreateSlimBuilder();
            builder.Logging.ClearProviders();
            builder.WebHost.UseUrls("http://127.0.0.1:0").ConfigureKestrel(options => options.Limits.MaxRequestBodySize = null);
            var app = builder.Build();
            app.Run(context => AnswerAsync(context, number));
            await app.StartAsync();
            _nodes.Add(app);
        }

        return this;
    }

    /// <summary>Ends a name node as a crash does.</summary>
    public async Task KillAsync(int nameNode) => await _nodes[nameNode].StopAsync(new CancellationToken(canceled: true));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes) await node.DisposeAsync();
    }

    private static string Authority(WebApplication app) => new Uri(app.Urls.First()).Authority;

    private async Task AnswerAsync(HttpContext context, int node)
    {
        // Decoded once and by hand: '+' is a plus in a path and in a query of WebHDFS, and %2F stays one.
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        Requests.Enqueue(target);
        var mark = target.IndexOf('?');
        var path = Uri.UnescapeDataString(target[Prefix.Length..mark]);
        var query = target[(mark + 1)..].Split('&').Select(pair => pair.Split('=', 2)).ToDictionary(pair => pair[0], pair => Uri.UnescapeDataString(pair[1]), StringComparer.OrdinalIgnoreCase);
        var operation = query["op"];
        var trouble = TroubleOf(new Arrival(node, operation, path, _counts.AddOrUpdate($"{node < 0} {operation}", 1, (_, count) => count + 1)));
        try
        {
            if (trouble.Delay > TimeSpan.Zero) await Task.Delay(trouble.Delay, context.RequestAborted);
            if (trouble.Fault is { } fault) throw fault;
            if (trouble.PlainStatus > 0)
            {
                context.Response.StatusCode = trouble.PlainStatus;
                await context.Response.WriteAsync("<html>no JSON here</html>");
                return;
            }

            if (Token is null ? !query.ContainsKey("user.name") : query.GetValueOrDefault("delegation") != Token)
                throw new JavaFault(401, "org.apache.hadoop.security.token.SecretManager$InvalidToken", "token is missing or expired");
            if (node < 0) await DataAsync(context, operation, path, query, trouble);
            else await NamesAsync(context, node, operation, path, query, trouble);
        }
        catch (JavaFault fault)
        {
            await JsonAsync(context, fault.Status, new { RemoteException = new { exception = fault.Name, javaClassName = fault.JavaClass, message = fault.Message + "\n\tat org.apache.hadoop.Somewhere" } });
        }
    }

    private async Task NamesAsync(HttpContext context, int node, string operation, string path, Dictionary<string, string> query, Trouble trouble)
    {
        if (node != Active) throw new JavaFault(403, "org.apache.hadoop.ipc.StandbyException", "Operation category READ is not supported in state standby. Visit https://s.apache.org/sbnn-error");
        object? answer = (context.Request.Method, operation) switch
        {
            ("GET", "GETFILESTATUS") => new { FileStatus = Tree.Status(path) },
            ("GET", "LISTSTATUS_BATCH") => ListingOf(path, query.GetValueOrDefault("startAfter", "")),
            ("PUT", "RENAME") when query.TryGetValue("renameoptions", out var options) => Tree.Rename(path, query["destination"], options),
            ("PUT", "RENAME") => new { boolean = Tree.Rename(path, query["destination"], options: null) },
            ("DELETE", "DELETE") => new { boolean = Tree.Delete(path, query.GetValueOrDefault("recursive") == "true") },
            ("GET", "OPEN") or ("PUT", "CREATE") => null,
            _ => throw new JavaFault(400, "java.lang.IllegalArgumentException", $"Invalid value for webhdfs parameter \"op\": {context.Request.Method} {operation}"),
        };
        if (trouble.LosesTheAnswer)
        {
            context.Abort();
            return;
        }

        if (answer is null)
        {
            if (operation == "OPEN") Tree.Read(path);
            var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
            context.Response.StatusCode = StatusCodes.Status307TemporaryRedirect;
            context.Response.Headers.Location = $"http://{DataNode}{target}&namenoderpcaddress=127.0.0.1:8020";
            return;
        }

        // With options, a rename answers with nothing at all.
        if (answer is bool) return;
        await JsonAsync(context, StatusCodes.Status200OK, answer);
    }

    private async Task DataAsync(HttpContext context, string operation, string path, Dictionary<string, string> query, Trouble trouble)
    {
        if (operation == "CREATE")
        {
            using var body = new MemoryStream();
            var buffer = new byte[64 << 10];
            for (int read; (read = await context.Request.Body.ReadAsync(buffer)) > 0;)
            {
                body.Write(buffer, 0, read);
                if (body.Length > trouble.CutAfter)
                {
                    context.Abort();
                    return;
                }
            }

            Tree.Create(path, body.ToArray(), query.GetValueOrDefault("overwrite") == "true");
            if (trouble.LosesTheAnswer) context.Abort();
            else context.Response.StatusCode = StatusCodes.Status201Created;
            return;
        }

        var content = Tree.Read(path);
        var offset = long.Parse(query["offset"], CultureInfo.InvariantCulture);
        if (offset > content.Length) throw new JavaFault(403, "java.io.IOException", $"Offset={offset} out of the range [0, {content.Length}]; OPEN, path={path}");
        var length = (int)Math.Min(long.Parse(query["length"], CultureInfo.InvariantCulture), content.Length - offset);
        context.Response.ContentLength = length;
        context.Response.ContentType = "application/octet-stream";
        var sent = Math.Min(length, trouble.CutAfter ?? length);
        await context.Response.Body.WriteAsync(content.AsMemory((int)offset, sent));
        await context.Response.Body.FlushAsync();
        if (sent < length) context.Abort();
    }

    private object ListingOf(string path, string after)
    {
        var (page, remaining) = Tree.List(path, after, Page);
        return new { DirectoryListing = new { partialListing = new { FileStatuses = new { FileStatus = page } }, remainingEntries = remaining } };
    }

    private static Task JsonAsync(HttpContext context, int status, object answer)
    {
        context.Response.StatusCode = status;
        return context.Response.WriteAsJsonAsync(answer, new JsonSerializerOptions());
    }
}
