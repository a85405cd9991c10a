using MpiNet.Interop;

namespace MpiNet;

/// <summary>MPI in this process.</summary>
public static class Mpi
{
    /// <summary>Exit code of a job that an exception ended (EX_SOFTWARE of sysexits.h).</summary>
    public const int FailureCode = 70;

    /// <summary>
    /// Whether MPI can be used here. Asking loads the native library and starts nothing; without MPI, all of .NET works but <c>Run</c>.
    /// </summary>
    public static bool IsAvailable => Native.IsAvailable;

    /// <summary>
    /// Whether a launcher (mpirun, mpiexec, srun --mpi) started this process as one of several ranks. Only a look at the environment: a
    /// process without a launcher may run too, as the one rank of a world of its own.
    /// </summary>
    public static bool IsLaunched { get; } =
        Array.Exists(["OMPI_COMM_WORLD_SIZE", "PMI_RANK", "PMIX_RANK"], name => !string.IsNullOrEmpty(Environment.GetEnvironmentVariable(name)));

    /// <summary>Name and version of the MPI in use, e.g. <c>Open MPI v4.1.4, …</c></summary>
    /// <exception cref="DllNotFoundException">There is no MPI here.</exception>
    public static string LibraryVersion
    {
        get
        {
            Native.Require();
            return Native.LibraryVersion();
        }
    }

    /// <summary>Seconds since some moment in the past (MPI_Wtime). Clocks of different ranks need not agree.</summary>
    /// <exception cref="InvalidOperationException">MPI does not run.</exception>
    public static double Wtime()
    {
        _ = LiveWorld.Current;
        return Native.mpinet_wtime();
    }

    /// <summary>
    /// Starts MPI, runs the program and, when it returns, finalizes MPI, which waits for all ranks. Once in a process.
    /// </summary>
    /// <remarks>
    /// <para>
    /// An exception that leaves the program, on any rank and on any thread, is written to standard error with its rank and ends all
    /// ranks with <see cref="FailureCode"/>; so does Environment.Exit, with its own code. That happens before <c>finally</c> blocks of
    /// the program run, because one that waits for other ranks would hang the job.
    /// </para>
    /// <para>MPI_Init_thread and MPI_Finalize are called on the thread that calls this.</para>
    /// </remarks>
    /// <param name="program">What each rank does; its argument is <see cref="Communicator.World"/>.</param>
    /// <param name="level">Which threads will call MPI. An MPI that grants less ends the job.</param>
    /// <exception cref="DllNotFoundException">There is no MPI here.</exception>
    /// <exception cref="InvalidOperationException">MPI was started before.</exception>
    /// <exception cref="MpiException">MPI cannot start or finalize.</exception>
    public static void Run(Action<Communicator> program, ThreadLevel level = ThreadLevel.Serialized)
    {
        ArgumentNullException.ThrowIfNull(program);
        Run(
            world =>
            {
                program(world);
                return 0;
            },
            level);
    }

    /// <summary>As <see cref="Run(Action{Communicator}, ThreadLevel)"/>, and hands on what the program returns.</summary>
    /// <inheritdoc cref="Run(Action{Communicator}, ThreadLevel)"/>
    public static T Run<T>(Func<Communicator, T> program, ThreadLevel level = ThreadLevel.Serialized)
    {
        ArgumentNullException.ThrowIfNull(program);
        if (level is < ThreadLevel.Funneled or > ThreadLevel.Multiple)
            throw new ArgumentOutOfRangeException(nameof(level), level, "Funneled, Serialized or Multiple.");
        var world = LiveWorld.Open(level);
        T result;
        try
        {
            result = program(world.All);
        }
        catch (Exception failure) when (Aborted(world, failure))
        {
            throw;
        }

        world.Close();
        return result;
    }

    /// <summary>As <see cref="Run(Action{Communicator}, ThreadLevel)"/> for an asynchronous program; the calling thread is blocked until its end.</summary>
    /// <inheritdoc cref="Run(Action{Communicator}, ThreadLevel)"/>
    public static void Run(Func<Communicator, Task> program, ThreadLevel level = ThreadLevel.Serialized)
    {
        ArgumentNullException.ThrowIfNull(program);
        Run((Communicator world) => program(world).GetAwaiter().GetResult(), level);
    }

    /// <summary>As <see cref="Run(Func{Communicator, Task}, ThreadLevel)"/>, and hands on what the program returns.</summary>
    /// <inheritdoc cref="Run(Action{Communicator}, ThreadLevel)"/>
    public static T Run<T>(Func<Communicator, Task<T>> program, ThreadLevel level = ThreadLevel.Serialized)
    {
        ArgumentNullException.ThrowIfNull(program);
        return Run((Communicator world) => program(world).GetAwaiter().GetResult(), level);
    }

    /// <summary>As a filter, because filters run before any <c>finally</c> between them and the throw.</summary>
    private static bool Aborted(LiveWorld world, Exception failure)
    {
        world.Abort(failure);
        return true;
    }
}
