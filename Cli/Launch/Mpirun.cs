using System.Diagnostics;

namespace Stickers.Cli.Launch;

/// <summary>Runs Open MPI's mpirun: its ranks' words get the name of their stage, signals reach it, its exit code comes back.</summary>
/// <param name="plan">What to start.</param>
/// <param name="bare">Leave standard output as the ranks write it, for programs that read it.</param>
internal sealed class Mpirun(LaunchPlan plan, bool bare)
{
    private const string Missing = "mpirun is not there. On Debian: apt-get install openmpi-bin libopenmpi-dev, then build again.";

    /// <summary>mpirun gives its ranks a second between SIGTERM and SIGKILL; this is for mpirun itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Where the ranks' standard output goes.</summary>
    public TextWriter Output { get; init; } = Console.Out;

    /// <summary>Where the ranks' standard error goes, and what mpirun itself says.</summary>
    public TextWriter Error { get; init; } = Console.Error;

    /// <summary>Starts all ranks on this machine, more than it has cores if need be, and waits for their end.</summary>
    /// <param name="program">How this program is started.</param>
    /// <param name="cancellation">Ends the ranks.</param>
    /// <exception cref="LaunchFailedException">A rank failed, or mpirun itself.</exception>
    public Task RunHereAsync(IEnumerable<string> program, CancellationToken cancellation) => RunAsync(["--oversubscribe"], program, cancellation);

    /// <summary>Starts all ranks where the arguments say, and waits for their end.</summary>
    /// <param name="placement">mpirun's arguments that say where and how.</param>
    /// <param name="program">How this program is started there.</param>
    /// <param name="cancellation">Ends the ranks.</param>
    /// <exception cref="LaunchFailedException">A rank failed, or mpirun itself.</exception>
    public async Task RunAsync(IEnumerable<string> placement, IEnumerable<string> program, CancellationToken cancellation)
    {
        string[] arguments =
        [
            .. placement,
            // A rank has many threads: bound to one core, as two ranks would be, they could use no other.
            "--bind-to", "none",
            "--map-by", "slot",
            "--tag-output",
            // mpirun gives ranks a terminal, which .NET would greet with escape sequences.
            "-x", "TERM=dumb",
            "-n", $"{plan.Ranks}",
            .. program,
            .. plan.Arguments,
        ];
        using var process = Start(arguments);
        process.StandardInput.Close();
        var output = PassAsync(process.StandardOutput, Output, named: !bare);
        var error = PassAsync(process.StandardError, Error, named: true);
        await WaitAsync(process, cancellation);
        await Task.WhenAll(output, error);
        cancellation.ThrowIfCancellationRequested();
        if (process.ExitCode != 0) throw new LaunchFailedException($"mpirun ended with exit code {process.ExitCode}; why stands above.", process.ExitCode);
    }

    private async Task PassAsync(StreamReader from, TextWriter to, bool named)
    {
        var lines = new RankLines((rank, line) => to.WriteLine(named && rank is { } number ? $"[{plan.NameOf(number)}] {line}" : line));
        var buffer = new char[4096];
        while (await from.ReadAsync(buffer) is > 0 and var read) lines.Add(buffer.AsSpan(0, read));
        lines.Finish();
    }

    private static async Task WaitAsync(Process process, CancellationToken cancellation)
    {
        try
        {
            await process.WaitForExitAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            PosixSignals.Terminate(process);
            using var patience = new CancellationTokenSource(Patience);
            try
            {
                await process.WaitForExitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync(CancellationToken.None);
            }
        }
    }

    /// <summary>Starts mpirun so that it is told to end when this program is no more, however that came about.</summary>
    private static Process Start(IEnumerable<string> arguments)
    {
        var folders = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':');
        if (!folders.Any(folder => File.Exists(Path.Combine(folder, "mpirun")))) throw new InvalidOperationException(Missing);
        var start = new ProcessStartInfo("setpriv", ["--pdeathsig", "TERM", "mpirun", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["TERM"] = "dumb";
        if (Environment.IsPrivilegedProcess)
        {
            // Who runs this program as root wants its ranks to run.
            start.Environment["OMPI_ALLOW_RUN_AS_ROOT"] = "1";
            start.Environment["OMPI_ALLOW_RUN_AS_ROOT_CONFIRM"] = "1";
        }

        // The signal comes when the thread ends that started it: this one stays until mpirun has ended.
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                var process = Process.Start(start)!;
                started.SetResult(process);
                process.WaitForExit();
            }
            catch (System.ComponentModel.Win32Exception fault)
            {
                started.SetException(new InvalidOperationException($"mpirun cannot be started: {fault.Message}. It is by setpriv (Debian: util-linux).", fault));
            }
            catch (InvalidOperationException)
            {
                // Disposed of when it had ended.
            }
        })
        { IsBackground = true, Name = "mpirun" }.Start();
        return started.Task.GetAwaiter().GetResult();
    }
}
