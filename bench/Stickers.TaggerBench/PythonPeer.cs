using System.Diagnostics;

namespace Stickers.TaggerBench;

/// <summary>What a finished process took.</summary>
/// <param name="Output">Its standard output.</param>
/// <param name="Seconds">By the clock.</param>
/// <param name="CpuSeconds">Of all its threads and of the processes it waited for.</param>
/// <param name="PeakMebibytes">Largest resident memory of one process.</param>
internal sealed record Finished(string Output, double Seconds, double CpuSeconds, double PeakMebibytes);

/// <summary>Runs programs under Debian's <c>time</c>, which counts what their children take too.</summary>
internal static class PythonPeer
{
    private const string Python = "/usr/bin/python3";

    /// <summary>A script beside this program, by Debian's Python.</summary>
    public static Finished Run(string script, params string[] arguments) => RunProgram(Python, [PathOf(script), .. arguments]);

    /// <summary>The same, the C library keeping what is freed as a training of ours has it, which few users of PyTorch know to ask for.</summary>
    public static Finished RunKeepingFreed(string script, params string[] arguments) =>
        RunProgram("/usr/bin/env", [$"MALLOC_TRIM_THRESHOLD_={int.MaxValue}", $"MALLOC_MMAP_THRESHOLD_={32 << 20}", Python, PathOf(script), .. arguments]);

    /// <summary>Any program.</summary>
    public static Finished RunProgram(string program, IReadOnlyList<string> arguments)
    {
        const string Time = "/usr/bin/time";
        var figures = Path.GetTempFileName();
        try
        {
            var start = new ProcessStartInfo(Time, ["-o", figures, "-f", "%e %U %S %M", program, .. arguments]) { RedirectStandardOutput = true };
            using var process = Process.Start(start) ?? throw new InvalidOperationException($"{Time} cannot be started.");
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            if (process.ExitCode != 0)
                throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}. The peers need: apt-get install time python3-torch python3-torchvision python3-pil.");
            var numbers = File.ReadAllText(figures).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)[^4..].Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToArray();
            return new Finished(output.Trim(), numbers[0], numbers[1] + numbers[2], numbers[3] / 1024);
        }
        finally
        {
            File.Delete(figures);
        }
    }

    private static string PathOf(string script) => Path.Combine(AppContext.BaseDirectory, "peers", script);
}
