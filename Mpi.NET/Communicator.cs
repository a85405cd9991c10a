using System.Diagnostics.CodeAnalysis;
using MpiNet.Interop;

namespace MpiNet;

/// <summary>A group of ranks that talk to each other.</summary>
/// <remarks>
/// <para>
/// Elements are the integers of 8 to 64 bits, <see cref="float"/> and <see cref="double"/>, as MPI's own types; reductions take int, long, float and double. Spans are pinned and handed down
/// as they are: nothing is copied, nothing is kept. Lengths, ranks and tags are checked before MPI sees them.
/// </para>
/// <para>
/// Calls block, most of them spinning, and cannot be cancelled. All ranks of a communicator must call its collective methods in the
/// same order. Which threads may call is the <see cref="ThreadLevel"/> that was asked for.
/// </para>
/// <para>Every method throws <see cref="MpiException"/> where MPI reports an error and <see cref="ObjectDisposedException"/> after <see cref="Dispose"/>.</para>
/// </remarks>
public sealed unsafe partial class Communicator : IDisposable
{
    /// <summary>Any source or any tag (MPI_ANY_SOURCE, MPI_ANY_TAG).</summary>
    public const int Any = Native.Any;

    private readonly CommunicatorHandle _handle;

    internal Communicator(CommunicatorHandle handle)
    {
        _handle = handle;
        Native.Check(Native.mpinet_rank(handle, out var rank), "MPI_Comm_rank");
        Native.Check(Native.mpinet_size(handle, out var size), "MPI_Comm_size");
        Rank = rank;
        Size = size;
    }

    /// <summary>All ranks of the job (MPI_COMM_WORLD).</summary>
    /// <exception cref="InvalidOperationException">MPI does not run.</exception>
    public static Communicator World => LiveWorld.Current.All;

    /// <summary>This rank alone (MPI_COMM_SELF).</summary>
    /// <exception cref="InvalidOperationException">MPI does not run.</exception>
    public static Communicator Self => LiveWorld.Current.Self;

    /// <summary>Number of this process, 0 to <see cref="Size"/> - 1.</summary>
    public int Rank { get; }

    /// <summary>Number of processes.</summary>
    public int Size { get; }

    /// <summary>Makes one communicator of all ranks that give the same colour (MPI_Comm_split). Collective.</summary>
    /// <param name="color">0 or more; null takes part in none (MPI_UNDEFINED).</param>
    /// <param name="key">Orders the ranks within the new communicator; equal keys keep their old order.</param>
    /// <returns>The communicator, to be disposed by all of its ranks; null without a colour.</returns>
    [return: NotNullIfNotNull(nameof(color))]
    public Communicator? Split(int? color, int key = 0)
    {
        if (color is { } given)
            ArgumentOutOfRangeException.ThrowIfNegative(given, nameof(color));
        Native.Check(Native.mpinet_split(_handle, color ?? Native.NoColor, key, out var part), "MPI_Comm_split");
        return color is null ? null : new Communicator(new CommunicatorHandle(part, owned: true));
    }

    /// <summary>Ends all ranks of the job at once (MPI_Abort). Does not return.</summary>
    /// <param name="code">Exit code of the job, 1 to 255.</param>
    [DoesNotReturn]
    public void Abort(int code)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(code, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(code, 255);
        LiveWorld.Current.Abort(code);
    }

    /// <summary>
    /// Waits until the message may be changed again (MPI_Send): it was received or MPI holds a copy. Count on neither: two ranks that both
    /// send first, or one that sends to itself, may wait for ever.
    /// </summary>
    /// <param name="data">The elements.</param>
    /// <param name="destination">Rank of the receiver.</param>
    /// <param name="tag">0 to 32767; most MPIs allow more.</param>
    public void Send<T>(ReadOnlySpan<T> data, int destination, int tag = 0) where T : unmanaged
    {
        CheckRank(destination);
        ArgumentOutOfRangeException.ThrowIfNegative(tag);
        fixed (T* p = data)
            Native.Check(Native.mpinet_send(_handle, p, data.Length, Datatype<T>.Value, destination, tag), "MPI_Send");
    }

    /// <summary>Waits for a message and receives it (MPI_Recv).</summary>
    /// <param name="buffer">At least as long as the message; what is beyond it is left alone.</param>
    /// <param name="source">Rank of the sender, or <see cref="Any"/>.</param>
    /// <param name="tag">Its tag, or <see cref="Any"/>.</param>
    /// <exception cref="MpiException">The message is longer (<see cref="MpiErrorClass.Truncate"/>).</exception>
    public Message Recv<T>(Span<T> buffer, int source = Any, int tag = Any) where T : unmanaged
    {
        CheckSourceAndTag(source, tag);
        NativeMessage message;
        fixed (T* p = buffer)
            Native.Check(Native.mpinet_recv(_handle, p, buffer.Length, Datatype<T>.Value, source, tag, out message), "MPI_Recv");
        return Whole<T>(message);
    }

    /// <summary>Waits for a message and says how long it is, without receiving it (MPI_Probe).</summary>
    /// <param name="source">Rank of the sender, or <see cref="Any"/>.</param>
    /// <param name="tag">Its tag, or <see cref="Any"/>.</param>
    public Message Probe<T>(int source = Any, int tag = Any) where T : unmanaged
    {
        CheckSourceAndTag(source, tag);
        Native.Check(Native.mpinet_probe(_handle, Datatype<T>.Value, source, tag, out var message), "MPI_Probe");
        return Whole<T>(message);
    }

    /// <summary>Says how long the next message is, if one is there (MPI_Iprobe); does not wait.</summary>
    /// <param name="message">The message, where there is one.</param>
    /// <param name="source">Rank of the sender, or <see cref="Any"/>.</param>
    /// <param name="tag">Its tag, or <see cref="Any"/>.</param>
    public bool Iprobe<T>(out Message message, int source = Any, int tag = Any) where T : unmanaged
    {
        CheckSourceAndTag(source, tag);
        Native.Check(Native.mpinet_iprobe(_handle, Datatype<T>.Value, source, tag, out var found, out var native), "MPI_Iprobe");
        message = found == 0 ? default : Whole<T>(native);
        return found != 0;
    }

    /// <summary>
    /// Frees a communicator that <see cref="Split"/> made; all of its ranks must. <see cref="World"/> and <see cref="Self"/> stay.
    /// </summary>
    public void Dispose()
    {
        if (this != LiveWorld.CurrentOrNone?.All && this != LiveWorld.CurrentOrNone?.Self)
            _handle.Dispose();
    }

    private static Message Whole<T>(NativeMessage message) where T : unmanaged => message.Count >= 0
        ? new Message(message.Source, message.Tag, checked((int)message.Count))
        : throw new MpiException("MPI_Get_count", MpiErrorClass.Datatype, $"the message from rank {message.Source} with tag {message.Tag} is no whole number of {typeof(T)}");

    private static void CheckTag(int tag)
    {
        if (tag != Any)
            ArgumentOutOfRangeException.ThrowIfNegative(tag);
    }

    private void CheckSourceAndTag(int source, int tag)
    {
        if (source != Any)
            CheckRank(source);
        CheckTag(tag);
    }

    private void CheckRank(int rank)
    {
        if ((uint)rank >= (uint)Size)
            throw new ArgumentOutOfRangeException(nameof(rank), rank, $"There are ranks 0 to {Size - 1}.");
    }
}
