using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Stickers.Pipeline.Transport;

/// <summary>What a sender says of itself in a <see cref="EdgeMessageType.Hello"/> and again in a <see cref="EdgeMessageType.Proof"/>.</summary>
/// <param name="Nonce">16 random bytes, new for each greeting.</param>
/// <param name="Session">16 random bytes, the same for the sender's whole life.</param>
/// <param name="Pair">Whom the sender takes itself and the other for.</param>
/// <param name="MaxFrameBytes">Largest frame it will send.</param>
internal sealed record EdgeGreeting(byte[] Nonce, byte[] Session, EdgePair Pair, int MaxFrameBytes);

/// <summary>
/// Payloads of the messages that open a connection. Each side proves by HMAC-SHA256 over both sides' nonces that it knows the run's token
/// (the scheme of RFC 2104 in a challenge and response, as in RFC 2195 but for both sides); the token itself never travels.
/// </summary>
internal static class EdgeHandshake
{
    /// <summary>Bytes of a sender's nonce, and of a session.</summary>
    public const int NonceBytes = 16;

    /// <summary>Bytes of a receiver's nonce and of a proof.</summary>
    public const int ProofBytes = HMACSHA256.HashSizeInBytes;

    private const int FixedGreetingBytes = (2 * NonceBytes) + (5 * sizeof(uint));
    private const int MaxNameBytes = 400;
    private const int MaxTextBytes = 900;

    /// <summary>New random bytes.</summary>
    public static byte[] NewNonce() => RandomNumberGenerator.GetBytes(NonceBytes);

    /// <summary>Payload of a <see cref="EdgeMessageType.Hello"/>.</summary>
    public static byte[] WriteGreeting(EdgeGreeting greeting)
    {
        var name = Encoding.UTF8.GetBytes(greeting.Pair.Edge);
        var payload = new byte[FixedGreetingBytes + name.Length];
        greeting.Nonce.CopyTo(payload, 0);
        greeting.Session.CopyTo(payload, NonceBytes);
        int[] numbers = [greeting.Pair.Sender, greeting.Pair.Senders, greeting.Pair.Receiver, greeting.Pair.Receivers, greeting.MaxFrameBytes];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt32LittleEndian(payload.AsSpan((2 * NonceBytes) + (i * sizeof(int))), numbers[i]);
        name.CopyTo(payload, FixedGreetingBytes);
        return payload;
    }

    /// <summary>Reads what <see cref="WriteGreeting"/> wrote; null when it is nothing of the kind.</summary>
    public static EdgeGreeting? ReadGreeting(ReadOnlySpan<byte> payload)
    {
        if (payload.Length is <= FixedGreetingBytes or > FixedGreetingBytes + MaxNameBytes) return null;
        Span<int> numbers = stackalloc int[5];
        for (var i = 0; i < numbers.Length; i++)
            numbers[i] = BinaryPrimitives.ReadInt32LittleEndian(payload[((2 * NonceBytes) + (i * sizeof(int)))..]);
        var pair = new EdgePair(Encoding.UTF8.GetString(payload[FixedGreetingBytes..]), numbers[0], numbers[1], numbers[2], numbers[3]);
        return new EdgeGreeting(payload[..NonceBytes].ToArray(), payload[NonceBytes..(2 * NonceBytes)].ToArray(), pair, numbers[4]);
    }

    /// <summary>Payload of a <see cref="EdgeMessageType.Challenge"/>: sender's nonce, receiver's nonce, receiver's session, receiver's proof.</summary>
    public static byte[] WriteChallenge(ReadOnlySpan<byte> token, ReadOnlySpan<byte> greeting, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> session) =>
        [.. greeting[..NonceBytes], .. nonce, .. session, .. ProofOf(token, "receiver"u8, greeting, nonce, session)];

    /// <summary>Answers a challenge with the payload of a <see cref="EdgeMessageType.Proof"/>; null when the receiver does not know the token.</summary>
    /// <param name="token">The run's token.</param>
    /// <param name="greeting">Payload of the own hello.</param>
    /// <param name="challenge">Payload that came.</param>
    /// <param name="session">The receiver's session.</param>
    public static byte[]? AnswerChallenge(ReadOnlySpan<byte> token, ReadOnlySpan<byte> greeting, ReadOnlySpan<byte> challenge, out byte[] session)
    {
        session = [];
        if (challenge.Length != (2 * NonceBytes) + (2 * ProofBytes)) return null;
        var nonce = challenge.Slice(NonceBytes, ProofBytes);
        var theirs = challenge.Slice(NonceBytes + ProofBytes, NonceBytes);
        if (!CryptographicOperations.FixedTimeEquals(ProofOf(token, "receiver"u8, greeting, nonce, theirs), challenge[^ProofBytes..])) return null;
        session = theirs.ToArray();
        return [.. ProofOf(token, "sender"u8, greeting, nonce, theirs), .. greeting];
    }

    /// <summary>Checks the payload of a <see cref="EdgeMessageType.Proof"/>; null when the sender does not know the token.</summary>
    public static EdgeGreeting? CheckProof(ReadOnlySpan<byte> token, ReadOnlySpan<byte> proof, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> session)
    {
        if (proof.Length <= ProofBytes || proof.Length > ProofBytes + FixedGreetingBytes + MaxNameBytes) return null;
        var greeting = proof[ProofBytes..];
        return CryptographicOperations.FixedTimeEquals(ProofOf(token, "sender"u8, greeting, nonce, session), proof[..ProofBytes]) ? ReadGreeting(greeting) : null;
    }

    /// <summary>Text as the payload of a refusal or an abort: at most 900 bytes of UTF-8.</summary>
    public static byte[] WriteText(string text) => Encoding.UTF8.GetBytes(text.Length <= MaxTextBytes / 3 ? text : text[..(MaxTextBytes / 3)]);

    /// <summary>Text from a peer, without anything that could disturb a terminal or a log.</summary>
    public static string ReadText(ReadOnlySpan<byte> payload) =>
        string.Concat(Encoding.UTF8.GetString(payload[..Math.Min(payload.Length, MaxTextBytes)]).Where(letter => !char.IsControl(letter)));

    private static byte[] ProofOf(ReadOnlySpan<byte> token, ReadOnlySpan<byte> role, ReadOnlySpan<byte> greeting, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> session) =>
        HMACSHA256.HashData(token, [.. "stickers edge 1 "u8, .. role, .. nonce, .. session, .. greeting]);
}
