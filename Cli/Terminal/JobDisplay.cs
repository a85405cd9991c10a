using System.Text;
using Spectre.Console;
using Stickers.Catalogue;

namespace Stickers.Cli.Terminal;

/// <summary>
/// Shows how far a job is, with rate and time left: on a terminal one line drawn in place, elsewhere a line every few seconds.
/// What is over within two seconds is not worth a line. Thread-safe.
/// </summary>
internal sealed class JobDisplay(IAnsiConsole console, bool live, TimeProvider clock) : IProgress<JobProgress>, IDisposable
{
    private static readonly TimeSpan Quiet = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan Redraw = TimeSpan.FromMilliseconds(150);
    private static readonly TimeSpan NextLine = TimeSpan.FromSeconds(5);

    private readonly Lock _lock = new();
    private readonly long _begun = clock.GetTimestamp();
    private RateMeter _meter = new();
    private JobProgress? _current;
    private double _startedWith;
    private TimeSpan _stageStart;
    private TimeSpan _lastShown;
    private bool _drawn;

    /// <inheritdoc/>
    public void Report(JobProgress value)
    {
        lock (_lock)
        {
            var now = clock.GetElapsedTime(_begun);
            if (_current is null || _current.Stage != value.Stage)
            {
                Finish(now);
                (_meter, _startedWith, _stageStart, _lastShown) = (new RateMeter(), value.Done, now, TimeSpan.Zero);
            }

            _current = value;
            _meter.Add(now, value.Done);
            if (now - _stageStart < Quiet || now - _lastShown < (live ? Redraw : NextLine)) return;
            _lastShown = now;
            if (live) Draw(Describe(value));
            else console.WriteLine(Describe(value));
        }
    }

    /// <summary>Closes the last stage.</summary>
    public void Dispose()
    {
        lock (_lock)
        {
            Finish(clock.GetElapsedTime(_begun));
            _current = null;
        }
    }

    private void Finish(TimeSpan now)
    {
        Erase();
        if (_current is not { } last || now - _stageStart < Quiet) return;
        var took = now - _stageStart;
        var speed = (last.Done - _startedWith) / took.TotalSeconds;
        var text = new StringBuilder($"{last.Stage}: {Quantity.Count(last.Done)} {last.Unit} in {Quantity.Duration(took)}");
        if (last.Unit != "s" && speed > 0) text.Append($" ({Quantity.Rate(speed)} {last.Unit}/s)");
        if (last.Note is { Length: > 0 } note) text.Append($", {note}");
        console.WriteLine(text.ToString());
    }

    private string Describe(JobProgress progress)
    {
        var text = new StringBuilder(progress.Stage).Append(": ");
        if (live && progress.Total is > 0) text.Append(Bar(progress.Done / progress.Total.Value)).Append(' ');
        text.Append(Quantity.Count(progress.Done));
        if (progress.Total is { } total) text.Append(" of ").Append(Quantity.Count(total));
        text.Append(' ').Append(progress.Unit);
        if (_meter.PerSecond is { } speed && progress.Unit != "s") text.Append($", {Quantity.Rate(speed)}/s");
        if (_meter.Remaining(progress.Total) is { } left) text.Append($", {Quantity.Duration(left)} left");
        if (progress.Note is { Length: > 0 } note) text.Append($", {note}");
        return text.ToString();
    }

    private static string Bar(double share)
    {
        const int Width = 24;
        var full = (int)(Math.Clamp(share, 0, 1) * Width);
        return new string('━', full) + new string('─', Width - full);
    }

    private void Draw(string text)
    {
        Erase();
        var width = Math.Max(20, console.Profile.Width - 1);
        console.Write(new Text(text.Length > width ? text[..width] : text, new Style(Color.Teal)));
        _drawn = true;
    }

    private void Erase()
    {
        if (_drawn) console.Write(new ControlCode("\r\e[2K"));
        _drawn = false;
    }
}
