using System.Buffers.Binary;

namespace Stickers.Pipeline.Transport;

/// <summary>Kinds of messages; the numbers are the wire's and never change.</summary>
internal enum EdgeMessageType : byte
{
    /// <summary>Sender: who I am.</summary>
    Hello = 1,

    /// <summary>Receiver: I know the token; prove that you do.</summary>
    Challenge = 2,

    /// <summary>Sender: the proof.</summary>
    Proof = 3,

    /// <summary>Receiver: you are in; go on from here.</summary>
    Welcome = 4,

    /// <summary>Receiver: you know the token, but do not belong here.</summary>
    Refuse = 5,

    /// <summary>Sender: one frame.</summary>
    Data = 6,

    /// <summary>Sender: nothing follows.</summary>
    End = 7,

    /// <summary>Sender: I live, and have sent this much.</summary>
    Beat = 8,

    /// <summary>Receiver: I live, have received this much, and you may send that much.</summary>
    Ack = 9,

    /// <summary>Receiver: I do not know this connection; greet first.</summary>
    Who = 10,

    /// <summary>Sender: I have seen that you have everything, or that you give up.</summary>
    Bye = 11,

    /// <summary>Either: I give up.</summary>
    Abort = 12,
}

/// <summary>The first 32 bytes of every message; the layout is in docs/formats.md.</summary>
/// <param name="Type">Kind of the message.</param>
/// <param name="Gap">Of an <see cref="EdgeMessageType.Ack"/>: something is missing from <paramref name="Sequence"/> on.</param>
/// <param name="Sequence">Frame's number from 0, or the number expected next.</param>
/// <param name="Granted">Bytes that may have been sent since the beginning.</param>
/// <param name="PayloadBytes">Bytes that follow the header.</param>
internal readonly record struct EdgeHeader(EdgeMessageType Type, bool Gap, ulong Sequence, ulong Granted, int PayloadBytes)
{
    /// <summary>Bytes of a header.</summary>
    public const int Size = 32;

    /// <summary>Version of the format, the fourth byte of every message.</summary>
    public const byte Version = 1;

    private const byte GapFlag = 1;

    /// <summary>Writes the header to the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> message)
    {
        message[0] = (byte)'S';
        message[1] = (byte)'K';
        message[2] = (byte)'E';
        message[3] = Version;
        message[4] = (byte)Type;
        message[5] = Gap ? GapFlag : (byte)0;
        BinaryPrimitives.WriteUInt16LittleEndian(message[6..], 0);
        BinaryPrimitives.WriteUInt64LittleEndian(message[8..], Sequence);
        BinaryPrimitives.WriteUInt64LittleEndian(message[16..], Granted);
        BinaryPrimitives.WriteUInt32LittleEndian(message[24..], (uint)PayloadBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(message[28..], 0);
    }

    /// <summary>A message of this header and a payload, whose length it takes.</summary>
    public byte[] With(ReadOnlySpan<byte> payload)
    {
        var message = new byte[Size + payload.Length];
        (this with { PayloadBytes = payload.Length }).Write(message);
        payload.CopyTo(message.AsSpan(Size));
        return message;
    }

    /// <summary>Reads and checks a header against the message it stands in.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="header">What it says.</param>
    /// <param name="fault">What is wrong with it; empty when it is right.</param>
    public static bool TryRead(ReadOnlySpan<byte> message, out EdgeHeader header, out string fault)
    {
        header = default;
        fault = "";
        if (message.Length < Size)
            fault = $"a message of {message.Length} bytes, expected at least {Size}";
        else if (!message[..3].SequenceEqual("SKE"u8))
            fault = "a message without the mark 'SKE'";
        else if (message[3] != Version)
            fault = $"a message of version {message[3]}, expected {Version}: all ranks must run the same release";
        else if (message[4] is < (byte)EdgeMessageType.Hello or > (byte)EdgeMessageType.Abort)
            fault = $"a message of the unknown type {message[4]}";
        else if ((message[5] & ~GapFlag) != 0 || message[6] != 0 || message[7] != 0 || message[28..Size].IndexOfAnyExcept((byte)0) >= 0)
            fault = "a message with reserved bytes that are not 0";
        else if (BinaryPrimitives.ReadUInt32LittleEndian(message[24..]) != (uint)(message.Length - Size))
            fault = $"a message with {message.Length - Size} bytes behind the header, which says {BinaryPrimitives.ReadUInt32LittleEndian(message[24..])}";
        if (fault.Length > 0) return false;

        header = new EdgeHeader(
            (EdgeMessageType)message[4],
            (message[5] & GapFlag) != 0,
            BinaryPrimitives.ReadUInt64LittleEndian(message[8..]),
            BinaryPrimitives.ReadUInt64LittleEndian(message[16..]),
            message.Length - Size);
        return true;
    }
}
