using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;

namespace Stickers.Cli.Tests;

public sealed class JobDisplayTests : IDisposable
{
    private readonly ManualClock _clock = new();
    private readonly StringWriter _written = new();

    [Fact]
    public void Report_OfAJobUnderTwoSeconds_WritesNothing()
    {
        using (var display = Create())
        {
            for (var i = 0; i <= 10; i++)
            {
                display.Report(new JobProgress("import", i, 10, "stickers"));
                _clock.Advance(0.15);
            }
        }

        Assert.Empty(_written.ToString());
    }

    [Fact]
    public void Report_OfALongerJob_GivesRateAndTimeLeftEveryFewSeconds()
    {
        using (var display = Create())
        {
            // 100 a second of 3,000: 30 seconds in all.
            for (var i = 0; i <= 300; i++)
            {
                display.Report(new JobProgress("import", i * 10, 3000, "stickers"));
                _clock.Advance(0.1);
            }
        }

        var lines = _written.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(lines.Length, 5, 8);
        Assert.Equal("import: 500 of 3,000 stickers, 100/s, 25 s left", lines[0]);
        Assert.Equal("import: 3,000 stickers in 30 s (100 stickers/s)", lines[^1]);
    }

    [Fact]
    public void Report_OfAResumedJob_CountsOnlyNewWorkAsSpeed()
    {
        using (var display = Create())
        {
            for (var i = 0; i <= 80; i++)
            {
                display.Report(new JobProgress("embed", 8000 + i, 8100, "stickers"));
                _clock.Advance(0.1);
            }
        }

        var first = _written.ToString().Split('\n')[0];
        Assert.Equal("embed: 8,050 of 8,100 stickers, 10/s, 5.0 s left", first);
    }

    public void Dispose() => _written.Dispose();

    private JobDisplay Create()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(_written), Ansi = AnsiSupport.No });
        console.Profile.Width = 200;
        return new JobDisplay(console, live: false, _clock);
    }

    private sealed class ManualClock : TimeProvider
    {
        private long _ticks;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Advance(double seconds) => _ticks += TimeSpan.FromSeconds(seconds).Ticks;

        public override long GetTimestamp() => _ticks;
    }
}
