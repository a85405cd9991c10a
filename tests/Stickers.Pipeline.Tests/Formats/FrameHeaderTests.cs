using Stickers.Pipeline.Formats;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Formats;

public sealed class FrameHeaderTests
{
    [Fact]
    public void Finish_OfAFrameOfVersion1_HasTheseBytes()
    {
        var frame = new FrameBuffer();
        frame.Add("wave", ItemFormat.Text);
        frame.Add("", ItemFormat.Text);
        frame.Add("波", ItemFormat.Text);
        const string Golden =
            "53544B46" + "0100" + "0000" + "07000000" + "02000000" + "03000000" + "13000000"
            + "04000000" + "77617665" + "00000000" + "03000000" + "E6B3A2";
        Assert.Equal(Golden, Convert.ToHexString(Take(frame.Finish(FrameKind.Items, shard: 7, sequence: 2))));
    }

    [Fact]
    public void Add_OfItemsLargerThanTheRoom_KeepsWhatIsThere()
    {
        var buffer = new FrameBuffer();
        byte[][] items = [[1, 2, 3], new byte[3 * FrameBuffer.FullBytes], [4]];
        items[1].AsSpan().Fill(9);
        foreach (var item in items) buffer.Add(item, ItemFormat.Bytes);
        var frame = Take(buffer.Finish(FrameKind.Items, 0, 0));
        Assert.Equal(items, FrameItems.Split(FrameHeader.Read(frame), frame).Select(item => item.ToArray()));
        Assert.Equal(FrameHeader.Size, buffer.Length);
        Assert.Throws<ArgumentOutOfRangeException>(() => buffer.Advance(1));
    }

    [Fact]
    public void Kinds_AreFrozen() => Assert.Equal(
        ["Begin=1", "End=2", "Items=0", "Quarantine=4"],
        Enum.GetValues<FrameKind>().Select(kind => $"{kind}={(ushort)kind}").Order(StringComparer.Ordinal));

    [Fact]
    public void Json_OfTheFirstAndLastFrame_HasTheseBytes()
    {
        Assert.Equal(
            """{"turn":4,"name":"a","input":"b","first":512,"count":null,"route":[1,0],"traceParent":null}""",
            System.Text.Encoding.UTF8.GetString(FrameJson.Write(new ShardBegin(4, "a", "b", 512, null, [1, 0], null))));
        Assert.Equal(
            """{"out":[3,2,2,0,0],"refused":[0,1,0,0,0],"tallies":{"x":5}}""",
            System.Text.Encoding.UTF8.GetString(FrameJson.Write(new ShardEnd([3, 2, 2, 0, 0], [0, 1, 0, 0, 0], new Dictionary<string, long> { ["x"] = 5 }))));
    }

    [Fact]
    public void Split_OfEveryTruncatedFrame_IsRefused()
    {
        var buffer = new FrameBuffer();
        for (var i = 0; i < 3; i++) buffer.Add(new byte[i + 1], ItemFormat.Bytes);
        var frame = Take(buffer.Finish(FrameKind.Items, 0, 0));
        Assert.Equal([1, 2, 3], FrameItems.Split(FrameHeader.Read(frame), frame).Select(item => item.Length));
        for (var length = 0; length < frame.Length; length++)
            Assert.Throws<InvalidDataException>(() => FrameHeader.Read(frame.AsSpan(0, length)));
    }

    [Theory]
    [InlineData(0, 0x52, "does not begin with STKF")]
    [InlineData(4, 2, "version 2, expected 1")]
    [InlineData(6, 3, "unknown kind 3")]
    [InlineData(20, 9, "says 9 bytes follow")]
    public void Read_OfAChangedHeader_SaysWhatIsWrong(int at, byte value, string message)
    {
        var buffer = new FrameBuffer();
        buffer.Add([1, 2, 3], ItemFormat.Bytes);
        var frame = Take(buffer.Finish(FrameKind.Items, 0, 0));
        frame[at] = value;
        Assert.Contains(message, Assert.Throws<InvalidDataException>(() => FrameHeader.Read(frame)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Split_OfLengthsThatDoNotFit_IsRefused()
    {
        var buffer = new FrameBuffer();
        buffer.Add([1, 2, 3], ItemFormat.Bytes);
        buffer.Add([4], ItemFormat.Bytes);
        var frame = Take(buffer.Finish(FrameKind.Items, 0, 0));
        foreach (var wrong in (byte[])[0, 2, 4, 200, 255])
        {
            frame[24] = wrong;
            Assert.Throws<InvalidDataException>(() => FrameItems.Split(FrameHeader.Read(frame), frame).ToList());
        }
    }

    private static byte[] Take(OutgoingFrame frame)
    {
        var bytes = frame.GetSpan()[..frame.Length].ToArray();
        frame.Release();
        return bytes;
    }
}
