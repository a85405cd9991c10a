using System.Text.Json;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Display;

namespace Stickers.SimilaritySearch.Tests.Display;

public sealed class ReadyRecordsTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Find_EveryStickerOfTheDatabase_IsItsRecordAsJson()
    {
        var stickers = Enumerable.Range(0, 5000).Select(i => Records.Of(
            StickerId.FromKey($"k{i}").Value, i % 3 == 0 ? [] : [$"tag {i % 37}", "\"quoted\"\u2028"], i % 2 == 0 ? $"<Title> {i} ねこ 🐱" : null, i % 3 == 0 ? [Records.Accepted("s", i / 5000f), Records.Review("r")] : []) with
        {
            Frames = 1 + (i % 2),
            Created = i % 5 == 0 ? null : new DateTime(2024, 1, 1, 0, 0, i % 60, DateTimeKind.Utc),
        }).ToList();
        using var records = Write("records.bin", stickers);
        Assert.Equal(stickers.Count, records.Count);
        using var reading = records.Read();
        reading.Prepare([.. stickers.Select(sticker => sticker.Id), new StickerId(0), new StickerId(long.MaxValue)]);
        foreach (var sticker in stickers)
        {
            var json = JsonElement.Parse(reading.Find(sticker.Id));
            Assert.Equal(
                (sticker.Id.ToString(), sticker.Key, sticker.Pack, sticker.Creator, sticker.Locale, sticker.Frames > 1, $"/v1/stickers/{sticker.Id}/image"),
                (Text(json, "id"), Text(json, "key"), Text(json, "pack"), Text(json, "creator"), Text(json, "locale"), json.GetProperty("animated").GetBoolean(), Text(json, "image")));
            Assert.Equal(sticker.Title, json.TryGetProperty("title", out var title) ? title.GetString() : null);
            Assert.Equal(sticker.Created, json.TryGetProperty("created", out var created) ? created.GetDateTime() : null);
            Assert.Equal(sticker.Tags, json.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!));
            Assert.Equal(sticker.Suggestions, json.GetProperty("suggestions").EnumerateArray().Select(s => new SuggestedTag(Text(s, "tag")!, s.GetProperty("score").GetSingle(), Text(s, "decision")!)));
        }

        Assert.True(reading.Find(new StickerId(0)).IsEmpty);
        Assert.True(reading.Find(new StickerId(long.MaxValue)).IsEmpty);
        Assert.True(reading.Find(StickerId.FromKey("nobody")).IsEmpty);
    }

    [Fact]
    public void Write_TheSameStickersTwice_GivesTheSameBytes()
    {
        var stickers = Enumerable.Range(0, 3000).Select(i => Records.Of(StickerId.FromKey($"k{i}").Value, [$"tag {i}"])).ToList();
        using (Write("a.bin", stickers))
        using (Write("b.bin", stickers.AsEnumerable().Reverse()))
        {
        }

        Assert.Equal(File.ReadAllBytes(_folder.File("a.bin")), File.ReadAllBytes(_folder.File("b.bin")));
    }

    [Fact]
    public void Open_NoStickers_FindsNone()
    {
        using var records = Write("records.bin", []);
        using var reading = records.Read();
        reading.Prepare([new StickerId(7)]);
        Assert.Equal(0, records.Count);
        Assert.True(reading.Find(new StickerId(7)).IsEmpty);
    }

    [Theory]
    [InlineData(0, "holds no records")] // another file
    [InlineData(4, "format version")]
    [InlineData(8, "is not what")] // the number of records
    [InlineData(16, "is not what")] // the length of the text
    [InlineData(32 + 16, "not in order")] // the second id
    [InlineData(32 + 16 + 8, "not in order")] // where it begins
    public void Open_ADamagedFile_SaysSo(int at, string said)
    {
        Write("records.bin", [Records.Of(5), Records.Of(6), Records.Of(7)]).Dispose();
        var bytes = File.ReadAllBytes(_folder.File("records.bin"));
        bytes[at + 3] ^= 0x55;
        bytes[at] ^= 0xFF;
        File.WriteAllBytes(_folder.File("damaged.bin"), bytes);
        Assert.Contains(said, Assert.Throws<InvalidDataException>(() => ReadyRecords.Open(_folder.File("damaged.bin"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_AFileThatIsCutOff_SaysSo()
    {
        Write("records.bin", [Records.Of(5), Records.Of(6)]).Dispose();
        var bytes = File.ReadAllBytes(_folder.File("records.bin"));
        foreach (var length in new[] { 0, 31, 40, bytes.Length - 1 })
        {
            File.WriteAllBytes(_folder.File("cut.bin"), bytes[..length]);
            Assert.Throws<InvalidDataException>(() => ReadyRecords.Open(_folder.File("cut.bin")));
        }

        Assert.Throws<FileNotFoundException>(() => ReadyRecords.Open(_folder.File("none.bin")));
    }

    [Fact]
    public void Dispose_WhileSomebodyReads_WaitsForThem()
    {
        var records = Write("records.bin", [Records.Of(5)]);
        using (var reading = records.Read())
        {
            records.Dispose();
            Assert.Equal("5", Text(JsonElement.Parse(reading.Find(new StickerId(5))), "id"));
        }

        Assert.Throws<ObjectDisposedException>(() => records.Read().Dispose());
    }

    private static string? Text(JsonElement json, string name) => json.GetProperty(name).GetString();

    private ReadyRecords Write(string name, IEnumerable<StickerRecord> stickers)
    {
        using (var database = Records.Write(_folder.File(name + ".db"), stickers))
            ReadyRecordsWriter.Write(_folder.File(name), database, TestContext.Current.CancellationToken);
        return ReadyRecords.Open(_folder.File(name));
    }
}
