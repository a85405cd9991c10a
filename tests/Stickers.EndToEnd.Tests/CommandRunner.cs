using System.Text.Json;
using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

/// <summary>Runs commands over one root, as a person or a script would.</summary>
internal sealed class CommandRunner(string root)
{
    /// <summary>Runs a command that must succeed and gives its JSON result.</summary>
    public async Task<JsonElement> JsonAsync(params string[] args)
    {
        var outcome = await StickersProcess.RunAsync([.. args, "--root", root, "--json"]);
        Assert.True(outcome.Code == 0, $"stickers {string.Join(' ', args)} ended with {outcome.Code}:\n{outcome.Error}");
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    /// <summary>Runs a command that must end with this exit code.</summary>
    public async Task<Outcome> RunAsync(int code, params string[] args)
    {
        var outcome = await StickersProcess.RunAsync([.. args, "--root", root]);
        Assert.True(outcome.Code == code, $"stickers {string.Join(' ', args)} ended with {outcome.Code}, expected {code}:\n{outcome.Output}\n{outcome.Error}");
        return outcome;
    }

    public StickersProcess Start(params string[] args) => StickersProcess.Start([.. args, "--root", root]);
}
