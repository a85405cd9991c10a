using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Stickers.ApiBench;

/// <summary>Drives wrk, which asks as fast as it is answered and takes less of the cores than any client of ours. Paths come from a script beside the program.</summary>
internal static partial class Wrk
{
    /// <summary>Asks for so many seconds.</summary>
    /// <param name="server">Where to.</param>
    /// <param name="script">Name of the script below <c>peer</c>.</param>
    /// <param name="arguments">What the script is given.</param>
    /// <param name="connections">Connections.</param>
    /// <param name="seconds">How long.</param>
    /// <returns>Answers a second, and how many in all were no success.</returns>
    public static async Task<(double Rate, long Answers, string Said)> RunAsync(Uri server, string script, IEnumerable<string> arguments, int connections, int seconds)
    {
        using var process = Process.Start(new ProcessStartInfo(
            "wrk",
            ["--threads", "1", "--connections", $"{connections}", "--duration", $"{seconds}s", "--latency", "--script", Path.Combine(AppContext.BaseDirectory, "peer", script), $"{server}", "--", .. arguments])
        {
            RedirectStandardOutput = true,
        })!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0 || !Rate().IsMatch(output))
            throw new InvalidOperationException($"wrk (apt-get install wrk) ended with {process.ExitCode}: {output}");
        var failed = Failed().Match(output) is { Success: true } match ? $", {match.Value.Trim()}" : "";
        var rate = double.Parse(Rate().Match(output).Groups[1].Value, CultureInfo.InvariantCulture);
        return (rate, long.Parse(Answers().Match(output).Groups[1].Value, CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"{rate:0}/s, p50 {Percentile("50")}, p99 {Percentile("99")}{failed}"));

        string Percentile(string share) => Regex.Match(output, $@"\s{share}%\s+(\S+)").Groups[1].Value;
    }

    [GeneratedRegex(@"Requests/sec:\s+([0-9.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"(\d+) requests in")]
    private static partial Regex Answers();

    [GeneratedRegex(@"Non-2xx[^\n]*|Socket errors[^\n]*")]
    private static partial Regex Failed();
}
