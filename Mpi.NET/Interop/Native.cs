using System.Runtime.InteropServices;

namespace MpiNet.Interop;

/// <summary>
/// The functions of <c>native/mpi_net.h</c>, by their native names. Nothing is loaded before the first call. Every status must go through
/// <see cref="Check"/>.
/// </summary>
internal static unsafe partial class Native
{
    /// <summary>MPINET_ANY</summary>
    public const int Any = -1;

    /// <summary>MPINET_NO_COLOR</summary>
    public const int NoColor = -1;

    private const string Library = "mpi_net";

    /// <summary>MPINET_ABI of the header that these signatures follow.</summary>
    private const int Abi = 1;

    private const int TextCapacity = 1024;

    /// <summary>Whether <c>libmpi_net.so</c> and the MPI it was compiled against are there.</summary>
    public static bool IsAvailable { get; } = TryLoad();

    /// <exception cref="DllNotFoundException">They are not, or the library is stale.</exception>
    public static void Require()
    {
        if (!IsAvailable)
        {
            throw new DllNotFoundException(
                "MPI cannot be used: libmpi_net.so is not beside the program (it was built where no MPI was installed), or the MPI that it was "
                + "compiled against is not on this machine. On Debian: apt-get install libopenmpi-dev openmpi-bin, then build again.");
        }

        var found = mpinet_abi();
        if (found != Abi)
            throw new DllNotFoundException($"libmpi_net.so has interface version {found}, this assembly needs {Abi}: rebuild it with native/build.sh.");
    }

    /// <summary>Turns a status into an exception with MPI's text.</summary>
    public static void Check(int status, string operation)
    {
        if (status != 0)
            throw Failure(status, operation);
    }

    public static string LibraryVersion()
    {
        var text = stackalloc byte[TextCapacity];
        Check(mpinet_library_version(text, TextCapacity), "MPI_Get_library_version");
        return Marshal.PtrToStringUTF8((nint)text)!;
    }

    private static bool TryLoad()
    {
        // UCX, the transport below MPICH and, on fast networks, Open MPI, takes the signals of faults as soon as it is loaded; .NET makes
        // NullReferenceException and DivideByZeroException of them. .NET's own SetEnvironmentVariable does not reach native code.
        _ = setenv("UCX_ERROR_SIGNALS", "", 0);
        return NativeLibrary.TryLoad(Library, typeof(Native).Assembly, null, out _);
    }

    private static MpiException Failure(int status, string operation)
    {
        var text = stackalloc byte[TextCapacity];
        return mpinet_error(status, out var errorClass, text, TextCapacity) == 0
            ? new MpiException(operation, (MpiErrorClass)errorClass, Marshal.PtrToStringUTF8((nint)text)!)
            : new MpiException(operation, MpiErrorClass.Unknown, $"error code {status}");
    }

    [LibraryImport("libc", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int setenv(string name, string value, int overwrite);

    [LibraryImport(Library)]
    private static partial int mpinet_abi();

    [LibraryImport(Library)]
    private static partial int mpinet_library_version(byte* text, int capacity);

    [LibraryImport(Library)]
    private static partial int mpinet_error(int code, out int errorClass, byte* text, int capacity);

    [LibraryImport(Library)]
    public static partial int mpinet_init(int level, out int provided, out nint world, out nint self);

    [LibraryImport(Library)]
    public static partial int mpinet_initialized(out int flag);

    [LibraryImport(Library)]
    public static partial int mpinet_finalize();

    [LibraryImport(Library)]
    public static partial void mpinet_abort(nint comm, int code);

    [LibraryImport(Library)]
    public static partial double mpinet_wtime();

    [LibraryImport(Library)]
    public static partial int mpinet_rank(CommunicatorHandle comm, out int rank);

    [LibraryImport(Library)]
    public static partial int mpinet_size(CommunicatorHandle comm, out int size);

    [LibraryImport(Library)]
    public static partial int mpinet_split(CommunicatorHandle comm, int color, int key, out nint part);

    [LibraryImport(Library)]
    public static partial int mpinet_free(nint comm);

    [LibraryImport(Library)]
    public static partial int mpinet_barrier(CommunicatorHandle comm);

    [LibraryImport(Library)]
    public static partial int mpinet_bcast(CommunicatorHandle comm, void* data, long count, int type, int root);

    [LibraryImport(Library)]
    public static partial int mpinet_allreduce(CommunicatorHandle comm, void* data, long count, int type, int op);

    [LibraryImport(Library)]
    public static partial int mpinet_reduce(CommunicatorHandle comm, void* send, void* receive, long count, int type, int op, int root);

    [LibraryImport(Library)]
    public static partial int mpinet_scatter(CommunicatorHandle comm, void* send, void* receive, int count, int type, int root);

    [LibraryImport(Library)]
    public static partial int mpinet_gather(CommunicatorHandle comm, void* send, void* receive, int count, int type, int root);

    [LibraryImport(Library)]
    public static partial int mpinet_allgather(CommunicatorHandle comm, void* send, void* receive, int count, int type);

    [LibraryImport(Library)]
    public static partial int mpinet_scatterv(
        CommunicatorHandle comm, void* send, int* counts, int* starts, void* receive, int count, int type, int root);

    [LibraryImport(Library)]
    public static partial int mpinet_gatherv(
        CommunicatorHandle comm, void* send, int count, void* receive, int* counts, int* starts, int type, int root);

    [LibraryImport(Library)]
    public static partial int mpinet_allgatherv(
        CommunicatorHandle comm, void* send, int count, void* receive, int* counts, int* starts, int type);

    [LibraryImport(Library)]
    public static partial int mpinet_send(CommunicatorHandle comm, void* data, int count, int type, int destination, int tag);

    [LibraryImport(Library)]
    public static partial int mpinet_recv(
        CommunicatorHandle comm, void* data, int count, int type, int source, int tag, out NativeMessage message);

    [LibraryImport(Library)]
    public static partial int mpinet_probe(CommunicatorHandle comm, int type, int source, int tag, out NativeMessage message);

    [LibraryImport(Library)]
    public static partial int mpinet_iprobe(
        CommunicatorHandle comm, int type, int source, int tag, out int found, out NativeMessage message);
}

/// <summary><c>mpinet_message</c></summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NativeMessage
{
    public int Source;
    public int Tag;
    public long Count;
}
