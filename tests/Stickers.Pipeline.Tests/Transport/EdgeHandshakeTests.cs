using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>The expected bytes were computed with another program (Python's struct and hmac) from docs/formats.md.</summary>
public sealed class EdgeHandshakeTests
{
    private const string Greeting = "11111111111111111111111111111111222222222222222222222222222222220100000002000000030000000400000040420F006D61696E";
    private const string ReceiversProof = "73370FC0CE87C331746F28781DE0868789165C685A230C78C267F706ADCC0050";
    private const string SendersProof = "CE40E38F86D470278A90E6B9D08BD6E2E639360226DD2453924082B71FE8C7E4";

    private static readonly byte[] Token = [.. Enumerable.Range(0, 32).Select(i => (byte)i)];
    private static readonly byte[] ReceiversNonce = Repeat(0x33, 32);
    private static readonly byte[] ReceiversSession = Repeat(0x44, 16);

    [Fact]
    public void WriteGreeting_OfAKnownSender_GivesTheBytesOfTheFormat()
    {
        var greeting = new EdgeGreeting(Repeat(0x11, 16), Repeat(0x22, 16), new EdgePair("main", 1, 2, 3, 4), 1_000_000);
        Assert.Equal(Greeting, Convert.ToHexString(EdgeHandshake.WriteGreeting(greeting)));
        var read = EdgeHandshake.ReadGreeting(Convert.FromHexString(Greeting))!;
        Assert.Equal((greeting.Pair, greeting.MaxFrameBytes), (read.Pair, read.MaxFrameBytes));
        Assert.Equal(greeting.Nonce, read.Nonce);
        Assert.Equal(greeting.Session, read.Session);
    }

    [Fact]
    public void Handshake_OfTwoThatKnowTheToken_GivesTheBytesOfTheFormat()
    {
        var greeting = Convert.FromHexString(Greeting);
        var challenge = EdgeHandshake.WriteChallenge(Token, greeting, ReceiversNonce, ReceiversSession);
        Assert.Equal(Greeting[..32] + Convert.ToHexString(ReceiversNonce) + Convert.ToHexString(ReceiversSession) + ReceiversProof, Convert.ToHexString(challenge));

        var proof = EdgeHandshake.AnswerChallenge(Token, greeting, challenge, out var session)!;
        Assert.Equal(SendersProof + Greeting, Convert.ToHexString(proof));
        Assert.Equal(ReceiversSession, session);
        Assert.Equal(3, EdgeHandshake.CheckProof(Token, proof, ReceiversNonce, ReceiversSession)!.Pair.Receiver);
    }

    [Fact]
    public void Handshake_WithOneBitChangedAnywhere_IsRefused()
    {
        var greeting = Convert.FromHexString(Greeting);
        var challenge = EdgeHandshake.WriteChallenge(Token, greeting, ReceiversNonce, ReceiversSession);
        var proof = EdgeHandshake.AnswerChallenge(Token, greeting, challenge, out _)!;
        // The sender's nonce before a challenge only says which greeting it answers; the proof covers the greeting's own.
        for (var i = EdgeHandshake.NonceBytes * 8; i < challenge.Length * 8; i++)
            Assert.Null(EdgeHandshake.AnswerChallenge(Token, greeting, Flip(challenge, i), out _));
        for (var i = 0; i < proof.Length * 8; i++)
            Assert.Null(EdgeHandshake.CheckProof(Token, Flip(proof, i), ReceiversNonce, ReceiversSession));
        for (var i = 0; i < Token.Length * 8; i++)
            Assert.Null(EdgeHandshake.CheckProof(Flip(Token, i), proof, ReceiversNonce, ReceiversSession));
    }

    [Fact]
    public void Handshake_OfAProofMadeForAnotherConnection_IsRefused()
    {
        var greeting = Convert.FromHexString(Greeting);
        var proof = EdgeHandshake.AnswerChallenge(Token, greeting, EdgeHandshake.WriteChallenge(Token, greeting, ReceiversNonce, ReceiversSession), out _)!;
        Assert.Null(EdgeHandshake.CheckProof(Token, proof, Repeat(0x34, 32), ReceiversSession));
        Assert.Null(EdgeHandshake.CheckProof(Token, proof, ReceiversNonce, Repeat(0x45, 16)));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(52)]
    [InlineData(453)]
    public void ReadGreeting_OfAWrongLength_GivesNothing(int bytes) => Assert.Null(EdgeHandshake.ReadGreeting(new byte[bytes]));

    [Fact]
    public void ReadText_WithControlCharacters_LeavesThemOut() => Assert.Equal("a[31mb", EdgeHandshake.ReadText("a\u001b[31m\nb"u8));

    private static byte[] Repeat(byte value, int count) => [.. Enumerable.Repeat(value, count)];

    private static byte[] Flip(byte[] bytes, int bit)
    {
        var copy = (byte[])bytes.Clone();
        copy[bit / 8] ^= (byte)(1 << (bit % 8));
        return copy;
    }
}
