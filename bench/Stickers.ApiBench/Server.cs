using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Stickers.ApiBench;

/// <summary>A server in a process of its own.</summary>
internal sealed class Server : IDisposable
{
    private readonly Process _process;

    private Server(Process process, Uri address) => (_process, Address) = (process, address);

    public Uri Address { get; }

    /// <summary>Resident memory, MiB.</summary>
    public double Memory
    {
        get
        {
            _process.Refresh();
            return _process.WorkingSet64 / 1048576.0;
        }
    }

    /// <summary>CPU seconds so far.</summary>
    public double Cpu
    {
        get
        {
            _process.Refresh();
            return _process.TotalProcessorTime.TotalSeconds;
        }
    }

    /// <summary>Starts <c>stickers serve</c>, with what scripts/environment.sh gives it, and waits until it is ready.</summary>
    /// <param name="stickers">The program.</param>
    /// <param name="root">What to serve.</param>
    /// <param name="niceness">How far it gives way to other programs.</param>
    public static Task<Server> StickersAsync(string stickers, string root, int niceness = 0) =>
        StartAsync("nice", port => ["-n", $"{niceness}", "env", "DOTNET_TC_QuickJitForLoops=1", "DOTNET_TieredPGO=1", "DOTNET_TC_CallCountThreshold=1E", "dotnet", stickers, "serve", "--root", root, "--url", $"http://127.0.0.1:{port}"], "/readyz");

    /// <summary>Starts a Python program and waits until it listens.</summary>
    public static Task<Server> PythonAsync(string script, params string[] arguments) =>
        StartAsync("/usr/bin/python3", port => [script, .. arguments, $"{port}"], "/");

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
    }

    private static async Task<Server> StartAsync(string program, Func<int, string[]> arguments, string probe)
    {
        var port = FreePort();
        var process = Process.Start(new ProcessStartInfo(program, arguments(port)) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.OutputDataReceived += static (_, _) => { };
        process.ErrorDataReceived += static (_, line) =>
        {
            if (line.Data is { } text && !text.Contains("HTTP/1.1", StringComparison.Ordinal))
                Console.Error.WriteLine($"  server: {text}");
        };
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        var address = new Uri($"http://127.0.0.1:{port}");
        using var client = new HttpClient { BaseAddress = address };
        for (var clock = Stopwatch.StartNew(); ;)
        {
            try
            {
                using var response = await client.GetAsync(probe);
                if (response.StatusCode is HttpStatusCode.OK or HttpStatusCode.NotFound)
                    return new Server(process, address);
            }
            catch (HttpRequestException) when (!process.HasExited && clock.Elapsed < TimeSpan.FromMinutes(3))
            {
                // Not yet.
            }

            await Task.Delay(50);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
