using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Terminal;
using Stickers.SimilaritySearch.Api.Access;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers keys</c> with <c>add</c>, <c>list</c> and <c>revoke</c></summary>
internal static class KeysCommand
{
    public static Command Create() => new("keys", "Make, list and revoke keys for the lookup API.")
    {
        CreateAdd(),
        CreateList(),
        CreateRevoke(),
    };

    private static WorkCommand CreateAdd()
    {
        var name = new Argument<string>("name") { Description = "Who gets the key: 1 to 100 characters." };
        name.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not { Length: >= 1 and <= 100 } text || string.IsNullOrWhiteSpace(text)) result.AddError("The name must have from 1 to 100 characters.");
        });
        var scopes = new Option<string[]>("--scope") { Description = "What it allows: 'read', 'write' (review), 'admin' (metrics, reload); may be given several times.", DefaultValueFactory = _ => ["read"] }
            .AcceptOnlyFromAmong("read", "write", "admin");
        var rate = new Option<double>("--rate") { Description = "Requests a second on average; 0 for no limit.", HelpName = "number", DefaultValueFactory = _ => 0 };
        rate.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0 and <= 1e6)) result.AddError("--rate must be from 0 to 1000000.");
        });
        return new WorkCommand("add", "Make a key; its secret is shown once and kept nowhere.")
        {
            Arguments = { name },
            Options = { scopes, rate },
            Examples = [("stickers keys add chat-app --scope read --rate 200", "Makes a key that may look up 200 times a second.")],
        }.Does(async (parse, session) =>
        {
            var wanted = parse.GetRequiredValue(scopes).Aggregate(ApiScopes.None, (all, scope) => all | Enum.Parse<ApiScopes>(scope, ignoreCase: true));
            var (key, secret) = await ApiKeys.AddAsync(session.OpenStore(), parse.GetRequiredValue(name), wanted, parse.GetRequiredValue(rate), session.Cancellation);
            if (session.Screen.Json) Screen.WriteJson(new { key.Id, key.Name, key.Scopes, key.RequestsPerSecond, secret });
            else session.Screen.Out.WriteLine($"{secret}\n\nThis is the only time that it is shown. Send it as 'Authorization: Bearer …'.");
        });
    }

    private static WorkCommand CreateList() => new WorkCommand("list", "List all keys, without their secrets.")
    {
        Examples = [("stickers keys list", "Shows who may ask for what, and how often.")],
    }.Does(async (_, session) =>
    {
        var keys = await ApiKeys.ListAsync(session.OpenStore(), session.Cancellation);
        if (session.Screen.Json)
        {
            Screen.WriteJson(keys.Select(key => new { key.Id, key.Name, key.Scopes, key.RequestsPerSecond, key.CreatedUtc, key.RevokedUtc }));
            return;
        }

        if (keys.Count == 0)
        {
            session.Screen.Out.WriteLine("There are no keys: only this machine may ask.");
            return;
        }

        var table = new Table().AddColumns("id", "name", "scopes", "rate", "made", "revoked");
        foreach (var key in keys)
        {
            table.AddRow(
                key.Id, Markup.Escape(key.Name), string.Join(' ', key.Scopes), key.RequestsPerSecond == 0 ? "no limit" : $"{key.RequestsPerSecond:0.##}/s",
                $"{key.CreatedUtc:yyyy-MM-dd}", key.RevokedUtc is { } revoked ? $"{revoked:yyyy-MM-dd}" : "");
        }

        session.Screen.Out.Write(table);
    });

    private static WorkCommand CreateRevoke()
    {
        var id = new Argument<string>("id") { Description = "The key's id, as the list shows it." };
        return new WorkCommand("revoke", "Make a key worthless; running servers notice within seconds.")
        {
            Arguments = { id },
            Examples = [("stickers keys revoke 0a1b2c3d", "Ends that key.")],
        }.Does(async (parse, session) =>
        {
            await ApiKeys.RevokeAsync(session.OpenStore(), parse.GetRequiredValue(id), session.Cancellation);
            session.Screen.Say($"Key {parse.GetRequiredValue(id)} is revoked.");
        });
    }
}
