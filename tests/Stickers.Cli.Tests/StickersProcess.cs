using System.Diagnostics;

namespace Stickers.Cli.Tests;

/// <summary>The real program in a process of its own.</summary>
internal sealed class StickersProcess : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _output;
    private readonly Task<string> _error;

    private StickersProcess(Process process)
    {
        _process = process;
        _output = process.StandardOutput.ReadToEndAsync();
        _error = process.StandardError.ReadToEndAsync();
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<Outcome> RunAsync(params string[] args)
    {
        using var run = Start(args);
        return await run.WaitAsync();
    }

    public static StickersProcess Start(params string[] args)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "stickers.dll"), .. args])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment.Remove("STICKERS_ROOT");
        return new StickersProcess(Process.Start(start)!);
    }

    /// <summary>Sends a signal by its name, e.g. <c>INT</c>.</summary>
    public void Send(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<Outcome> WaitAsync()
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(2));
        await _process.WaitForExitAsync(limit.Token);
        return new Outcome(_process.ExitCode, await _output, await _error);
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
    }
}

/// <summary>How a run ended and what it said.</summary>
internal sealed record Outcome(int Code, string Output, string Error);
