using System.Text;
using Spectre.Console;
using Stickers.Pipeline;
using Stickers.Pipeline.Observing;

namespace Stickers.Cli.Terminal;

/// <summary>
/// Shows how far a job's stages are: on a terminal one line for each drawn in place, elsewhere the same lines every ten seconds. Warnings stay.
/// Thread-safe.
/// </summary>
internal sealed class StageDisplay(IAnsiConsole console, bool live) : IProgress<JobStatus>, IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan NextLines = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private TimeSpan _shown;
    private int _drawn;

    /// <inheritdoc/>
    public void Report(JobStatus value)
    {
        lock (_lock)
        {
            if (value.Warning is { } warning)
            {
                Erase();
                console.WriteLine($"Warning: {warning}");
            }

            if (value.Elapsed < Quiet || (!live && value.Elapsed - _shown < NextLines)) return;
            _shown = value.Elapsed;
            Erase();
            string[] lines = [.. value.Stages.Where(stage => stage.Stage is StageKind.Preprocess or StageKind.Main or StageKind.Postprocess).Select(Describe), $"{value.ShardsDone:N0} of {value.Shards:N0} shards"];
            foreach (var line in lines) console.WriteLine(live ? Cut(line) : line);
            if (live) _drawn = lines.Length;
        }
    }

    /// <summary>Takes the lines away.</summary>
    public void Dispose()
    {
        lock (_lock) Erase();
    }

    internal static string Describe(StageStatus stage)
    {
        var text = new StringBuilder($"{stage.Stage.ToString().ToLowerInvariant(),-11} {Quantity.Count(stage.Items),12}");
        if (stage.Total is { } total) text.Append($" of {Quantity.Count(total)}");
        text.Append($" items, {Quantity.Rate(stage.PerSecond)}/s");
        if (stage.QueueBytes is { } queue) text.Append($", {Quantity.Bytes(queue)} waiting");
        if (stage.Remaining is { } left && left > TimeSpan.Zero) text.Append($", {Quantity.Duration(left)} left");
        return text.ToString();
    }

    private string Cut(string line)
    {
        var width = Math.Max(20, console.Profile.Width - 1);
        return line.Length > width ? line[..width] : line;
    }

    private void Erase()
    {
        for (; _drawn > 0; _drawn--) console.Write(new ControlCode("\e[1A\r\e[2K"));
    }
}
