using System.Diagnostics.CodeAnalysis;

namespace MpiNet.Interop;

/// <summary>
/// MPI between MPI_Init_thread and its end, which is MPI_Finalize where all went well and MPI_Abort everywhere else: MPI_Finalize waits for all
/// ranks, so a rank that calls it after a failure, in a <c>finally</c> say, hangs together with those that wait for that rank.
/// </summary>
internal sealed class LiveWorld
{
    private static LiveWorld? _current;
    private static int _entered;

    private readonly nint _comm;
    private int _aborting;

    private LiveWorld(nint comm, Communicator all, Communicator self)
    {
        _comm = comm;
        All = all;
        Self = self;
    }

    public static LiveWorld? CurrentOrNone => Volatile.Read(ref _current);

    public static bool IsOpen => CurrentOrNone is not null;

    /// <exception cref="InvalidOperationException">MPI does not run.</exception>
    public static LiveWorld Current => CurrentOrNone ?? throw new InvalidOperationException("MPI does not run: communicators are there only inside Mpi.Run.");

    public Communicator All { get; }

    public Communicator Self { get; }

    public static LiveWorld Open(ThreadLevel level)
    {
        Native.Require();
        Native.Check(Native.mpinet_initialized(out var initialized), "MPI_Initialized");
        if (initialized != 0 || Interlocked.Exchange(ref _entered, 1) != 0)
            throw new InvalidOperationException("MPI can be started only once in a process, and was: call Mpi.Run once, around everything.");

        Native.Check(Native.mpinet_init((int)level, out var provided, out var all, out var self), "MPI_Init_thread");
        var world = new LiveWorld(all, new Communicator(new CommunicatorHandle(all, owned: false)), new Communicator(new CommunicatorHandle(self, owned: false)));
        Volatile.Write(ref _current, world);
        AppDomain.CurrentDomain.UnhandledException += world.OnUnhandledException;
        AppDomain.CurrentDomain.ProcessExit += world.OnProcessExit;
        if (provided < (int)level)
            world.Abort(new NotSupportedException($"This MPI grants no thread level above {(provided == 0 ? "single" : (ThreadLevel)provided)}; {level} was asked for."));
        return world;
    }

    /// <summary>MPI_Finalize; waits for all ranks.</summary>
    public void Close()
    {
        Volatile.Write(ref _current, null);
        var status = Native.mpinet_finalize();
        AppDomain.CurrentDomain.ProcessExit -= OnProcessExit;
        AppDomain.CurrentDomain.UnhandledException -= OnUnhandledException;
        Native.Check(status, "MPI_Finalize");
    }

    /// <summary>Writes what happened on this rank to standard error and ends all ranks.</summary>
    [DoesNotReturn]
    public void Abort(Exception failure) => Abort(failure.ToString(), Mpi.FailureCode);

    /// <summary>Ends all ranks.</summary>
    [DoesNotReturn]
    public void Abort(int code)
    {
        // The first of several threads ends the process; the others wait for that.
        if (Interlocked.Exchange(ref _aborting, 1) != 0)
            Thread.Sleep(Timeout.Infinite);
        Native.mpinet_abort(_comm, code);
        throw new InvalidOperationException("MPI_Abort came back.");
    }

    [DoesNotReturn]
    private void Abort(string what, int code)
    {
        if (Volatile.Read(ref _aborting) == 0)
            Console.Error.WriteLine($"[rank {All.Rank} of {All.Size} on {Environment.MachineName}, process {Environment.ProcessId}] {what}{Environment.NewLine}All ranks are ended with code {code}.");
        Abort(code);
    }

    private void OnUnhandledException(object sender, UnhandledExceptionEventArgs e) =>
        Abort(e.ExceptionObject.ToString() ?? "unhandled exception", Mpi.FailureCode);

    /// <summary>Environment.Exit before the end: others would wait for this rank, and mpirun would not say which it was.</summary>
    private void OnProcessExit(object? sender, EventArgs e)
    {
        var code = Environment.ExitCode;
        // 128 + signal: somebody stops this process, most often mpirun after another rank's failure, and says so itself.
        if (code > 128 || Volatile.Read(ref _aborting) != 0)
            return;
        Abort($"The process was ended with exit code {code} before its work was done.", code == 0 ? Mpi.FailureCode : code);
    }
}
