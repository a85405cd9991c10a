using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.SimilaritySearch.Api;
using Stickers.Storage;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers serve</c></summary>
internal static class ServeCommand
{
    public const string DefaultUrl = "http://127.0.0.1:8080";

    public static Command Create()
    {
        var url = CreateUrlOption();
        var drain = new Option<int>("--drain")
        {
            Description = "Seconds to go on answering after being told to stop, while /readyz already says no.",
            HelpName = "seconds",
            DefaultValueFactory = _ => 0,
        };
        drain.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 600) result.AddError("--drain must be from 0 to 600 seconds.");
        });
        var admin = CreateUrlOption("--admin-url", "Where the administration listens (/metrics, /healthz, /readyz, POST /reload); nowhere unless given.", null);
        var log = new Option<string?>("--request-log") { Description = "File that gets a line of JSON for each request; '-' for standard output.", HelpName = "file" };
        var collector = SharedOptions.CreateCollector();
        return new WorkCommand("serve", "Serve the lookup API and its page over HTTP until stopped.")
        {
            Options = { url, admin, drain, log, collector },
            Examples =
            [
                ("stickers serve", $"Serves on {DefaultUrl}, to this machine only."),
                ("stickers serve --url http://0.0.0.0:8080 --admin-url http://127.0.0.1:9090 --drain 10", "Serves to every machine that has a key (stickers keys add), behind a balancer that asks /readyz."),
            ],
        }.Does(async (parse, session) =>
        {
            // A store over the network is waited for on whichever thread goes on with what came from it, which must not be one that reads sockets.
            if (session.OpenStore() is LocalStore) ApiHost.AnswerWhereItIsRead();
            using var telemetry = Telemetry.Export(parse.GetValue(collector));
            await using var file = parse.GetValue(log) switch
            {
                null => null,
                "-" => Console.OpenStandardOutput(),
                var path => new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read),
            };
            await ServeAsync(session, parse.GetRequiredValue(url), options => options with
            {
                AdminUrl = parse.GetValue(admin),
                AdminListening = address => session.Screen.Say($"Administration on {address}."),
                DrainDelay = TimeSpan.FromSeconds(parse.GetRequiredValue(drain)),
                RequestLog = file,
            });
        });
    }

    public static Option<string> CreateUrlOption() => CreateUrlOption("--url", "Where to listen: http://host:port; port 0 takes a free one.", DefaultUrl)!;

    private static Option<string?> CreateUrlOption(string name, string description, string? standard) => new(name)
    {
        Description = description,
        HelpName = "url",
        DefaultValueFactory = _ => standard,
        Validators =
        {
            result =>
            {
                if (result.GetValueOrDefault<string>() is not { } text) return;
                if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
                    result.AddError($"{name} {text}: expected an address such as {DefaultUrl}.");
            },
        },
    };

    /// <summary>Serves until the session is cancelled, which is the normal end.</summary>
    public static Task ServeAsync(Session session, string url, Func<ApiOptions, ApiOptions>? change = null)
    {
        var options = new ApiOptions
        {
            Store = session.OpenStore(),
            Url = url,
            Notice = session.Screen.Say,
            Listening = address => Announce(session.Screen, address),
            RequestFailed = exception => session.Screen.Say($"A request failed: {FailureMessage.Of(exception)}"),
        };
        return ApiHost.RunAsync(change?.Invoke(options) ?? options, session.Cancellation);
    }

    private static void Announce(Screen screen, Uri address)
    {
        if (screen.Json) Screen.WriteJson(new { url = address });
        else screen.Out.WriteLine($"Serving on {address} (Ctrl-C stops).");
    }
}
