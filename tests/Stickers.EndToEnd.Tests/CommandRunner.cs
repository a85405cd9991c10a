using System.Collections.Immutable;
using System.Text.Json;
using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

/// <summary>Runs commands over one root, as a person or a script would.</summary>
/// <param name="root">The root.</param>
/// <param name="environment">What the commands find in their environment besides ours.</param>
internal sealed class CommandRunner(string root, IReadOnlyDictionary<string, string>? environment = null)
{
    private readonly IReadOnlyDictionary<string, string> _environment = environment ?? ImmutableDictionary<string, string>.Empty;

    /// <summary>Runs a command that must succeed and gives its JSON result.</summary>
    public async Task<JsonElement> JsonAsync(params string[] args)
    {
        var outcome = await RunAsync([.. args, "--json"]);
        Assert.True(outcome.Code == 0, $"stickers {string.Join(' ', args)} ended with {outcome.Code}:\n{outcome.Error}");
        return JsonDocument.Parse(outcome.Output).RootElement;
    }

    /// <summary>Runs a command that must end with this exit code.</summary>
    public async Task<Outcome> RunAsync(int code, params string[] args)
    {
        var outcome = await RunAsync(args);
        Assert.True(outcome.Code == code, $"stickers {string.Join(' ', args)} ended with {outcome.Code}, expected {code}:\n{outcome.Output}\n{outcome.Error}");
        return outcome;
    }

    public StickersProcess Start(params string[] args) => StickersProcess.Start(_environment, [.. args, "--root", root]);

    /// <summary>Starts a command with more in its environment.</summary>
    public StickersProcess StartWith(string name, string value, params string[] args) =>
        StickersProcess.Start(new Dictionary<string, string>(_environment) { [name] = value }, [.. args, "--root", root]);

    private async Task<Outcome> RunAsync(string[] args)
    {
        using var run = Start(args);
        return await run.WaitAsync();
    }
}
