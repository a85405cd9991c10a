using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Tests;

public sealed class StickerDatabaseWriterTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Write_SameRowsTwice_SameBytes()
    {
        var records = Enumerable.Range(0, 2000).Select(i => Records.Of(
            StickerId.FromKey($"k{i}").Value, [$"tag {i % 37}", $"t{i % 5}"], i % 2 == 0 ? $"Title {i}" : null, Records.Accepted($"s{i % 11}", i / 2000f))).ToArray();
        foreach (var name in new[] { "a.db", "b.db" })
        {
            using (Records.Write(_folder.File(name), records))
            {
            }
        }

        Assert.Equal(File.ReadAllBytes(_folder.File("a.db")), File.ReadAllBytes(_folder.File("b.db")));
    }

    [Fact]
    public void Add_SameIdTwice_NamesTheSticker()
    {
        using var writer = StickerDatabaseWriter.Create(_folder.File("a.db"));
        writer.Add(Records.Of(5), Records.Png(1, 1));
        var e = Assert.Throws<ArgumentException>(() => writer.Add(Records.Of(5), Records.Png(1, 1)));
        Assert.Contains("pack/5", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Add_ThumbnailThatIsNone_Throws()
    {
        using var writer = StickerDatabaseWriter.Create(_folder.File("a.db"));
        Assert.Throws<ArgumentException>(() => writer.Add(Records.Of(1), "GIF89a and so on and on and on"u8));
        Assert.Throws<ArgumentException>(() => writer.Add(Records.Of(1), Records.Png(161, 10)));
        Assert.Throws<ArgumentException>(() => writer.Add(Records.Of(1), Records.Png(10, 161)));
        writer.Add(Records.Of(1), default);
        writer.Complete();
        using var db = StickerDatabase.Open(_folder.File("a.db"));
        Assert.Null(db.Thumbnail(new StickerId(1)));
        Assert.NotNull(db.Find(new StickerId(1)));
    }

    [Fact]
    public void Dispose_WithoutComplete_LeavesNoDatabase()
    {
        using (var writer = StickerDatabaseWriter.Create(_folder.File("a.db")))
            writer.Add(Records.Of(1), Records.Png(1, 1));
        Assert.Throws<InvalidDataException>(() => StickerDatabase.Open(_folder.File("a.db")));
        using var again = Records.Write(_folder.File("a.db"), Records.Of(2));
        Assert.Equal(1, again.Count);
    }

    [Fact]
    public void Complete_ThenAdd_Throws()
    {
        using var writer = StickerDatabaseWriter.Create(_folder.File("a.db"));
        writer.Complete();
        Assert.Throws<InvalidOperationException>(() => writer.Add(Records.Of(1), default));
        Assert.Throws<InvalidOperationException>(writer.Complete);
        using var db = StickerDatabase.Open(_folder.File("a.db"));
        Assert.Equal(0, db.Count);
        Assert.Empty(db.Browse(0, 10));
        Assert.Empty(db.TopTags(10));
    }
}
