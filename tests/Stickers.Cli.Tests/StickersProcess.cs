using System.Collections.Immutable;
using System.Diagnostics;
using System.Text;

namespace Stickers.Cli.Tests;

/// <summary>The real program in a process of its own.</summary>
internal sealed class StickersProcess : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly StringBuilder _error = new();
    private readonly SemaphoreSlim _news = new(0);

    private StickersProcess(ProcessStartInfo start)
    {
        _process = new Process { StartInfo = start };
        _process.OutputDataReceived += (_, line) => Take(_output, line.Data);
        _process.ErrorDataReceived += (_, line) => Take(_error, line.Data);
        _process.Start();
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Runs the program to its end.</summary>
    public static async Task<Outcome> RunAsync(params string[] args)
    {
        using var run = Start(args);
        return await run.WaitAsync();
    }

    /// <summary>What starts the program.</summary>
    public static IReadOnlyList<string> Program { get; } = ["dotnet", Path.Combine(AppContext.BaseDirectory, "stickers.dll")];

    public static StickersProcess Start(params string[] args) => Start(ImmutableDictionary<string, string>.Empty, args);

    /// <summary>Starts the program with more in its environment.</summary>
    public static StickersProcess Start(IReadOnlyDictionary<string, string> environment, params string[] args) => Start(new ProcessStartInfo(Program[0], [.. Program.Skip(1), .. args]), environment);

    /// <summary>Starts something that starts the program.</summary>
    public static StickersProcess Start(ProcessStartInfo start, IReadOnlyDictionary<string, string> environment)
    {
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment.Remove("STICKERS_ROOT");
        foreach (var (name, value) in environment) start.Environment[name] = value;
        return new StickersProcess(start);
    }

    /// <summary>Waits until the program has said something on either stream, and gives the line.</summary>
    public async Task<string> WaitForAsync(string words)
    {
        using var limit = Limit();
        while (true)
        {
            foreach (var stream in new[] { _output, _error })
            {
                lock (stream)
                {
                    if (stream.ToString().Split('\n').FirstOrDefault(line => line.Contains(words, StringComparison.Ordinal)) is { } found) return found;
                }
            }

            Assert.False(_process.HasExited, $"The program ended without saying '{words}'.\n{_output}\n{_error}");
            await _news.WaitAsync(TimeSpan.FromMilliseconds(200), limit.Token);
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>Sends a signal by its name, e.g. <c>INT</c>.</summary>
    public void Send(string signal)
    {
        using var kill = Process.Start("sh", ["-c", $"kill -{signal} {_process.Id}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<Outcome> WaitAsync()
    {
        using var limit = Limit();
        await _process.WaitForExitAsync(limit.Token);
        return new Outcome(_process.ExitCode, _output.ToString(), _error.ToString());
    }

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        _process.Dispose();
        _news.Dispose();
    }

    private void Take(StringBuilder stream, string? line)
    {
        if (line is null) return;
        lock (stream) stream.Append(line).Append('\n');
        try
        {
            _news.Release();
        }
        catch (ObjectDisposedException)
        {
            // The last words of a program that was killed; nobody waits for them.
        }
    }

    private static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(TimeSpan.FromMinutes(4));
        return limit;
    }
}

/// <summary>How a run ended and what it said.</summary>
internal sealed record Outcome(int Code, string Output, string Error);
