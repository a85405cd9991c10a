using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using Stickers.Catalogue;

namespace Stickers.Cli.Terminal;

/// <summary>Results go to standard output, as text for people or JSON for programs; all else goes to standard error.</summary>
internal sealed class Screen
{
    private const int WidthOfFiles = 160;

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public Screen(bool json)
    {
        Json = json;
        Out = Create(Console.Out, Console.IsOutputRedirected);
        Error = Create(Console.Error, Console.IsErrorRedirected);
    }

    /// <summary>Whether the result is wanted as JSON.</summary>
    public bool Json { get; }

    /// <summary>Where results go.</summary>
    public IAnsiConsole Out { get; }

    /// <summary>Where progress and remarks go.</summary>
    public IAnsiConsole Error { get; }

    /// <summary>Shows how far jobs are until it is disposed.</summary>
    public JobDisplay ShowProgress() => new(Error, live: !Console.IsErrorRedirected, TimeProvider.System);

    /// <summary>Runs a job while showing how far it is.</summary>
    public async Task<T> WatchAsync<T>(Func<IProgress<JobProgress>, Task<T>> job)
    {
        using var progress = ShowProgress();
        return await job(progress);
    }

    /// <summary>Says something on standard error.</summary>
    public void Say(string text) => Error.WriteLine(text);

    /// <summary>Writes a value as JSON to standard output.</summary>
    public static void WriteJson<T>(T value) => Console.Out.WriteLine(JsonSerializer.Serialize(value, Format));

    private static IAnsiConsole Create(TextWriter writer, bool redirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Interactive = InteractionSupport.No,
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
        });
        // A file or pipe has no width; lines should not break there.
        if (redirected) console.Profile.Width = WidthOfFiles;
        return console;
    }
}
