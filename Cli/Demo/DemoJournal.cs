using System.Diagnostics;
using System.Globalization;
using Stickers.Storage;

namespace Stickers.Cli.Demo;

/// <summary>demo.json: what each step of the demo has taken, over all runs that it needed.</summary>
internal sealed record DemoJournal
{
    private const string Key = "demo.json";

    /// <summary>Version of this file's format.</summary>
    public int FormatVersion { get; init; } = 1;

    /// <summary>Seconds by step; what a run that was killed had done since its last finished step is not known.</summary>
    public IReadOnlyDictionary<string, double> Seconds { get; init; } = new Dictionary<string, double>();

    /// <summary>Largest resident memory of any run, bytes.</summary>
    public long PeakMemoryBytes { get; init; }

    /// <summary>Reads what earlier runs left.</summary>
    public static async Task<DemoJournal> OpenAsync(ObjectStore store, CancellationToken cancellation) =>
        await store.ReadJsonAsync<DemoJournal>(Key, cancellation) ?? new DemoJournal();

    /// <summary>This journal with a step's time and the present peak of memory added, as it now stands on storage.</summary>
    public async Task<DemoJournal> AddAsync(ObjectStore store, string step, TimeSpan took)
    {
        var seconds = new Dictionary<string, double>(Seconds);
        seconds[step] = Math.Round(seconds.GetValueOrDefault(step) + took.TotalSeconds, 1);
        var journal = this with { Seconds = seconds, PeakMemoryBytes = Math.Max(PeakMemoryBytes, PeakMemory()) };
        // A stop must not lose what was done before it.
        await store.WriteJsonAsync(Key, journal, CancellationToken.None);
        return journal;
    }

    /// <summary>The largest resident memory of this process so far, bytes.</summary>
    private static long PeakMemory()
    {
        var line = File.ReadLines("/proc/self/status").FirstOrDefault(text => text.StartsWith("VmHWM:", StringComparison.Ordinal));
        var digits = string.Concat((line ?? "").Where(char.IsAsciiDigit));
        return long.TryParse(digits, CultureInfo.InvariantCulture, out var kibibytes) ? kibibytes * 1024 : Process.GetCurrentProcess().PeakWorkingSet64;
    }
}
