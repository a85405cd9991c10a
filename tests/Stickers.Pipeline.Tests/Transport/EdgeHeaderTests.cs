using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>The wire format is frozen: these bytes were written by hand from docs/formats.md.</summary>
public sealed class EdgeHeaderTests
{
    private const string DataOfThreeBytes = "534B4501" + "06" + "00" + "0000" + "0807060504030201" + "1817161514131211" + "03000000" + "00000000" + "AABBCC";
    private const string AckWithAGap = "534B4501" + "09" + "01" + "0000" + "0500000000000000" + "0000000001000000" + "00000000" + "00000000";

    [Fact]
    public void Write_OfKnownMessages_GivesTheBytesOfTheFormat()
    {
        var data = new EdgeHeader(EdgeMessageType.Data, false, 0x0102030405060708, 0x1112131415161718, 0).With([0xAA, 0xBB, 0xCC]);
        Assert.Equal(DataOfThreeBytes, Convert.ToHexString(data));
        var ack = new EdgeHeader(EdgeMessageType.Ack, true, 5, 1L << 32, 0).With([]);
        Assert.Equal(AckWithAGap, Convert.ToHexString(ack));
    }

    [Fact]
    public void TryRead_OfKnownMessages_FindsWhatWasWritten()
    {
        Assert.True(EdgeHeader.TryRead(Convert.FromHexString(DataOfThreeBytes), out var data, out _));
        Assert.Equal(new EdgeHeader(EdgeMessageType.Data, false, 0x0102030405060708, 0x1112131415161718, 3), data);
        Assert.True(EdgeHeader.TryRead(Convert.FromHexString(AckWithAGap), out var ack, out _));
        Assert.Equal(new EdgeHeader(EdgeMessageType.Ack, true, 5, 1L << 32, 0), ack);
    }

    [Fact]
    public void MessageTypes_KeepTheirNumbers()
    {
        var names = Enum.GetValues<EdgeMessageType>().Select(type => $"{(int)type} {type}");
        Assert.Equal(["1 Hello", "2 Challenge", "3 Proof", "4 Welcome", "5 Refuse", "6 Data", "7 End", "8 Beat", "9 Ack", "10 Who", "11 Bye", "12 Abort"], names);
    }

    [Theory]
    [InlineData(0, 'X', "mark")]
    [InlineData(3, 2, "version 2, expected 1")]
    [InlineData(4, 0, "type 0")]
    [InlineData(4, 13, "type 13")]
    [InlineData(5, 2, "reserved")]
    [InlineData(6, 1, "reserved")]
    [InlineData(24, 4, "which says 4")]
    [InlineData(27, 255, "which says 4278190083")]
    [InlineData(31, 1, "reserved")]
    public void TryRead_OfAChangedByte_SaysWhatIsWrong(int offset, int value, string expected)
    {
        var message = Convert.FromHexString(DataOfThreeBytes);
        message[offset] = (byte)value;
        Assert.False(EdgeHeader.TryRead(message, out _, out var fault));
        Assert.Contains(expected, fault, StringComparison.Ordinal);
    }

    [Fact]
    public void TryRead_OfEveryShorterMessage_Refuses()
    {
        var message = Convert.FromHexString(DataOfThreeBytes);
        for (var length = 0; length < message.Length; length++)
            Assert.False(EdgeHeader.TryRead(message.AsSpan(0, length), out _, out _));
    }
}
