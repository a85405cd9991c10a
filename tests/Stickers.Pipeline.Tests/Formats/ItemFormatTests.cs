using System.Buffers;
using MemoryPack;

namespace Stickers.Pipeline.Tests.Formats;

public sealed partial class ItemFormatTests
{
    [Fact]
    public void Of_EveryKind_ReadsBackWhatItWrote()
    {
        Assert.Equal([1, 2, 3], Through<byte[]>([1, 2, 3]));
        Assert.Empty(Through<byte[]>([]));
        Assert.Equal("ねこ\0 cat", Through("ねこ\0 cat"));
        Assert.Equal(-7L, Through(-7L));
        Assert.Equal(new Pixel(1, 2.5f), Through(new Pixel(1, 2.5f)));
        Assert.Equal(["a", "", "c"], Through<string[]>(["a", "", "c"]));
        Assert.Equal(new KeyValuePair<string, long>("k", 3), Through(new KeyValuePair<string, long>("k", 3)));
        Assert.Equal(new Note("text", [1.5f, 2]).Vector, Through(new Note("text", [1.5f, 2])).Vector);
    }

    [Fact]
    public void Of_AClassThatIsNotMarked_SaysWhatToDo() =>
        Assert.Contains("mark it [MemoryPackable]", Assert.Throws<InvalidOperationException>(() => ItemFormat.Of<Unmarked>()).Message, StringComparison.Ordinal);

    [Fact]
    public void Write_OfHalfASurrogatePair_IsRefused() => Assert.ThrowsAny<ArgumentException>(() => Through("\ud83d"));

    [Fact]
    public void Read_OfAStructOfOtherLength_IsRefused() => Assert.Throws<InvalidDataException>(() => ItemFormat.Of<long>().Read(new byte[7]));

    [Fact]
    public void SizeOf_OfRecords_IsWhatIsWritten()
    {
        var note = new Note(new string('x', 5000), new float[3000]);
        var output = new ArrayBufferWriter<byte>();
        ItemFormat.Of<Note>().Write(note, output);
        Assert.Equal(output.WrittenCount, ItemFormat.Of<Note>().SizeOf(note));
        Assert.InRange(output.WrittenCount, 17_000, 17_100);
    }

    private static T Through<T>(T item)
    {
        var output = new ArrayBufferWriter<byte>();
        ItemFormat.Of<T>().Write(item, output);
        return ItemFormat.Of<T>().Read(output.WrittenSpan);
    }

    private readonly record struct Pixel(int X, float Y);

    private sealed record Unmarked(string Text);

    [MemoryPackable]
    internal sealed partial record Note(string Text, float[] Vector);
}
