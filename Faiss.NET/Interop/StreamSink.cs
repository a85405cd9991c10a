using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;

namespace Faiss.Interop;

/// <summary>Lets native code write to a stream. What the stream throws ends the native call and is thrown again behind it.</summary>
internal sealed unsafe class StreamSink(Stream stream)
{
    private const int MostBytes = 1 << 20;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Calls <paramref name="save"/> with a callback and its state, and checks its status.</summary>
    public static void Run(Stream stream, Func<nint, int> save)
    {
        var sink = new StreamSink(stream);
        var self = GCHandle.Alloc(sink);
        try
        {
            var status = save(GCHandle.ToIntPtr(self));
            sink._failure?.Throw();
            Native.Check(status);
        }
        finally
        {
            self.Free();
        }
    }

    /// <summary><c>faissnet_write</c></summary>
    public static delegate* unmanaged<nint, byte*, long, long> Callback => &Write;

    [UnmanagedCallersOnly]
    private static long Write(nint state, byte* data, long bytes)
    {
        var sink = (StreamSink)GCHandle.FromIntPtr(state).Target!;
        return sink.Write(data, bytes);
    }

    private long Write(byte* data, long bytes)
    {
        try
        {
            for (long done = 0; done < bytes; done += MostBytes)
                stream.Write(new ReadOnlySpan<byte>(data + done, (int)Math.Min(MostBytes, bytes - done)));
            return bytes;
        }
#pragma warning disable CA1031 // No exception may pass through native frames; it is thrown again behind them.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _failure = ExceptionDispatchInfo.Capture(e);
            return 0;
        }
    }
}
