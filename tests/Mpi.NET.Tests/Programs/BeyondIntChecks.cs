using System.Runtime.InteropServices;

namespace MpiNet.Tests.Programs;

/// <summary>
/// More bytes than an int counts. So that no such memory is needed, 4 MB of it are mapped over and over; only the pages at
/// the end, beyond 2^31, are memory of their own.
/// </summary>
internal static unsafe partial class BeyondIntChecks
{
    private const int Window = 4 << 20;
    private const long Windows = 512;
    private const int Tail = 4096;
    private const int Used = 1234;

    public static void Run(Communicator world, Checks checks)
    {
        checks.That(Window * Windows > int.MaxValue, "the test is about more than an int");
        var memory = Map();
        var tail = new Span<byte>(memory + Window * Windows, Tail);
        if (world.Rank == 0)
        {
            new Span<byte>(memory, Window).Fill(0xA5);
            for (var i = 0; i < Used; i++) tail[i] = (byte)(i * 31);
        }
        else
        {
            tail.Fill(0xEE);
        }

        const long count = Window * Windows + Used;
        world.Bcast(memory, count, root: 0);
        checks.That(new Span<byte>(memory, Window).IndexOfAnyExcept((byte)0xA5) < 0, "what lies below 2^31 arrives");
        for (var i = 0; i < Used; i++) checks.That(tail[i] == (byte)(i * 31), $"byte 2^31 + {i} arrives");
        checks.That(tail[Used..].IndexOfAnyExcept(world.Rank == 0 ? (byte)0 : (byte)0xEE) < 0, "nothing is written beyond the count");

        // As elements these are fewer, but the last lies beyond 2^31 bytes all the same.
        new Span<byte>(memory, Window).Clear();
        var last = (long*)(memory + Window * Windows);
        *last = world.Rank + 1;
        world.Allreduce((long*)memory, Window * Windows / sizeof(long) + 1, ReduceOperation.Max);
        checks.That(*last == world.Size, "the maximum beyond 2^31 bytes");
        checks.That(new Span<byte>(memory, Window).IndexOfAnyExcept((byte)0) < 0, "and below");
    }

    private static byte* Map()
    {
        const int none = 0, readWrite = 3, isShared = 1, isPrivate = 2, isFixed = 0x10, isAnonymous = 0x20;
        var all = Good(mmap(null, Window * Windows + Tail, none, isPrivate | isAnonymous, -1, 0));
        var file = memfd_create("window", 0);
        if (file < 0 || ftruncate(file, Window) != 0) throw new IOException($"memfd_create: {Marshal.GetLastPInvokeErrorMessage()}");
        for (long i = 0; i < Windows; i++) Good(mmap(all + i * Window, Window, readWrite, isShared | isFixed, file, 0));
        Good(mmap(all + Windows * Window, Tail, readWrite, isPrivate | isFixed | isAnonymous, -1, 0));
        return all;
    }

    private static byte* Good(byte* mapped) => (nint)mapped != -1 ? mapped : throw new IOException($"mmap: {Marshal.GetLastPInvokeErrorMessage()}");

    [LibraryImport("libc", SetLastError = true)]
    private static partial byte* mmap(byte* at, long length, int protection, int flags, int file, long offset);

    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int memfd_create(string name, uint flags);

    [LibraryImport("libc", SetLastError = true)]
    private static partial int ftruncate(int file, long length);
}
