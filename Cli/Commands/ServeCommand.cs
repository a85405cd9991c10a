using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.SimilaritySearch.Api;

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
        return new WorkCommand("serve", "Serve the lookup API and its page over HTTP until stopped.")
        {
            Options = { url, drain },
            Examples =
            [
                ("stickers serve", $"Serves on {DefaultUrl}, to this machine only."),
                ("stickers serve --url http://0.0.0.0:8080 --drain 10", "Serves to every machine that can reach this one, behind a balancer that asks /readyz."),
            ],
        }.Does((parse, session) => ServeAsync(session, parse.GetRequiredValue(url), TimeSpan.FromSeconds(parse.GetRequiredValue(drain))));
    }

    public static Option<string> CreateUrlOption() => new("--url")
    {
        Description = "Where to listen: http://host:port; port 0 takes a free one.",
        HelpName = "url",
        DefaultValueFactory = _ => DefaultUrl,
        Validators =
        {
            result =>
            {
                var text = result.GetValueOrDefault<string>();
                if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme != Uri.UriSchemeHttp || uri.PathAndQuery != "/")
                    result.AddError($"--url {text}: expected an address such as {DefaultUrl}.");
            },
        },
    };

    /// <summary>Serves until the session is cancelled, which is the normal end.</summary>
    public static Task ServeAsync(Session session, string url, TimeSpan drain = default)
    {
        var options = new ApiOptions
        {
            Store = session.OpenStore(),
            Url = url,
            DrainDelay = drain,
            Notice = session.Screen.Say,
            Listening = address => Announce(session.Screen, address),
            RequestFailed = exception => session.Screen.Say($"A request failed: {FailureMessage.Of(exception)}"),
        };
        return ApiHost.RunAsync(options, session.Cancellation);
    }

    private static void Announce(Screen screen, Uri address)
    {
        if (screen.Json) Screen.WriteJson(new { url = address });
        else screen.Out.WriteLine($"Serving on {address} (Ctrl-C stops).");
    }
}
