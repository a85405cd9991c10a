using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Tests;

public sealed class StickerDatabaseTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    private StickerDatabase Write(params StickerRecord[] records) => Records.Write(_folder.File("stickers.db"), records);

    private static long[] Ids(IEnumerable<SearchHit> hits) => [.. hits.Select(h => h.Id.Value)];

    [Fact]
    public void Find_WrittenRecord_ComesBackWhole()
    {
        var record = Records.Of(long.MaxValue, ["good night", "お休み"], "\"Nuit\" \\ 'bonne'\n", Records.Accepted("moon", 0.123456789f), Records.Review("star")) with { Frames = 12, Created = new DateTime(2001, 2, 3, 4, 5, 6, DateTimeKind.Utc) };
        using var db = Write(record, Records.Of(2));
        var found = db.Find(record.Id)!;
        Assert.Equivalent(record, found, strict: true);
        Assert.Equal(record.Suggestions[0].Score, found.Suggestions[0].Score);
        Assert.Equal(Records.Png(160, 90), db.Thumbnail(record.Id));
        Assert.Null(db.Find(new StickerId(2))!.Title);
        Assert.Null(db.Find(new StickerId(2))!.Created);
        Assert.Null(db.Find(new StickerId(3)));
        Assert.Null(db.Thumbnail(new StickerId(3)));
        Assert.Equal(2, db.Count);
    }

    [Fact]
    public void SearchText_Ranks_CreatorsTagsThenSuggestionsThenTitle()
    {
        using var db = Write(
            Records.Of(1, title: "A happy day"),
            Records.Of(2, ["sad"], null, Records.Accepted("happy")),
            Records.Of(3, ["happy"]),
            Records.Of(4, ["unhappy"]),
            Records.Of(5, ["happyness"]),
            Records.Of(6, ["x"], null, Records.Review("happy")));
        var hits = db.SearchText("happy", 10);
        Assert.Equal([3, 5, 2, 1], Ids(hits)); // 6 awaits review and 4 only contains the letters
        Assert.Equal(hits.Select(h => h.Score).OrderDescending(), hits.Select(h => h.Score));
        Assert.Equal([3, 5], Ids(db.SearchText("happy", 2)));
    }

    [Theory]
    [InlineData("good night", new long[] { 1, 2 })]
    [InlineData("night good", new long[] { 1, 2 })]
    [InlineData("GOOD ni", new long[] { 1, 2 })]
    [InlineData("nig good", new long[0])] // only the last word may be a beginning
    [InlineData("good-night!", new long[] { 1, 2 })]
    [InlineData("ｇｏｏｄ　ｎｉｇｈｔ", new long[] { 1, 2 })] // full-width
    [InlineData("cafe", new long[] { 3 })]
    [InlineData("CAFÉ", new long[] { 3 })]
    [InlineData("おやすみ", new long[] { 4 })]
    [InlineData("おや", new long[] { 4 })]
    [InlineData("ราตรี", new long[] { 5 })] // Thai vowels are marks
    [InlineData("🎂", new long[] { 6 })]
    [InlineData("nothing", new long[0])]
    [InlineData("", new long[0])]
    [InlineData("  ...  ", new long[0])]
    public void SearchText_Text_FindsAllWords(string text, long[] expected)
    {
        using var db = Write(
            Records.Of(1, ["good night"]),
            Records.Of(2, ["night"], "Good evening"),
            Records.Of(3, ["café"]),
            Records.Of(4, ["おやすみ"]),
            Records.Of(5, ["ราตรีสวัสดิ์"]),
            Records.Of(6, ["🎂 cake"]));
        Assert.Equal(expected, Ids(db.SearchText(text, 10)));
    }

    [Theory]
    [InlineData("\" OR *")]
    [InlineData("tags: NEAR(a b)")]
    [InlineData("a AND NOT b")]
    [InlineData("'; DROP TABLE sticker; --")]
    [InlineData("{title} : x ^y")]
    [InlineData("a\0b")]
    [InlineData("\ud800 lone surrogate")]
    public void SearchText_QuerySyntax_IsOnlyText(string text)
    {
        using var db = Write(Records.Of(1, ["a"]), Records.Of(2, ["b"]));
        Assert.Empty(db.SearchText(text, 10));
        Assert.Equal(2, db.Count);
    }

    [Fact]
    public void SearchText_ManyMatches_FillsExactlyKWithoutRepeats()
    {
        using var db = Write([.. Enumerable.Range(1, 300).Select(i => Records.Of(i, i % 3 == 0 ? ["cat"] : [], i % 3 == 1 ? "cat" : null, i % 3 == 2 ? [Records.Accepted("cat")] : []))]);
        foreach (var k in new[] { 1, 99, 100, 101, 250, 300, 1000 })
        {
            var ids = Ids(db.SearchText("cat", k));
            Assert.Equal(Math.Min(k, 300), ids.Length);
            Assert.Equal(ids.Length, ids.Distinct().Count());
            Assert.True(ids.Take(100).All(i => i % 3 == 0) && ids.Skip(100).Take(100).All(i => i % 3 == 2));
        }
    }

    [Fact]
    public void Input_OutOfBounds_Throws()
    {
        using var db = Write(Records.Of(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => db.SearchText(new string('a', StickerDatabase.MaxTextLength + 1), 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => db.SearchText("a", 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => db.SearchText("a", StickerDatabase.MaxHits + 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => db.TopTags(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => db.Browse(-1, 1));
        Assert.Throws<ArgumentOutOfRangeException>(() => db.Browse(0, 1001));
        Assert.Empty(db.SearchText(string.Join(' ', Enumerable.Repeat("a", 100)), 1));
    }

    [Fact]
    public void TopTags_Counts_MostFrequentFirstThenByName()
    {
        using var db = Write(Records.Of(1, ["b", "a"]), Records.Of(2, ["b", "c"]), Records.Of(3, [], null, Records.Accepted("z")));
        Assert.Equal([("b", 2), ("a", 1), ("c", 1)], db.TopTags(10));
        Assert.Equal([("b", 2)], db.TopTags(1));
    }

    [Fact]
    public void Browse_Pages_CoverEachStickerOnceInOneOrder()
    {
        var ids = Enumerable.Range(0, 57).Select(i => StickerId.FromKey($"k{i}").Value).ToArray();
        using var db = Write([.. ids.Select(i => Records.Of(i))]);
        var pages = Enumerable.Range(0, 7).SelectMany(p => db.Browse(p * 10, 10)).Select(r => r.Id.Value).ToArray();
        Assert.Equal(ids.Order(), pages.Order());
        Assert.NotEqual(ids, pages);
        Assert.Empty(db.Browse(57, 10));
        Assert.Empty(db.Browse(int.MaxValue, 10));
        Assert.Equal(ids.Order(), db.ReadAll().Select(r => r.Id.Value));
        using var other = Records.Write(_folder.File("other.db"), ids.Reverse().Select(i => Records.Of(i)));
        Assert.Equal(pages, other.Browse(0, 100).Select(r => r.Id.Value)); // the order is of the ids, not of writing
    }

    [Fact]
    public async Task AllReads_FromManyThreads_AnswerAsAlone()
    {
        using var db = Write([.. Enumerable.Range(1, 500).Select(i => Records.Of(i, [$"tag{i % 10}", "all"], $"title {i}"))]);
        var expected = Enumerable.Range(0, 10).Select(i => Ids(db.SearchText($"tag{i}", 20))).ToArray();
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, (i, _) =>
        {
            Assert.Equal(expected[i % 10], Ids(db.SearchText($"tag{i % 10}", 20)));
            Assert.Equal($"title {i + 1}", db.Find(new StickerId(i + 1))!.Title);
            Assert.Equal(10, db.Browse(i, 10).Count);
            return ValueTask.CompletedTask;
        });
    }

    [Fact]
    public void Dispose_ThenRead_Throws()
    {
        var db = Write(Records.Of(1));
        Assert.NotNull(db.Find(new StickerId(1)));
        db.Dispose();
        db.Dispose();
        Assert.Throws<ObjectDisposedException>(() => db.Find(new StickerId(1)));
        Assert.Throws<ObjectDisposedException>(() => db.SearchText("a", 1));
    }

    [Fact]
    public void Open_ReadOnlyFolderContent_LeavesNothingBeside()
    {
        using (var db = Write(Records.Of(1)))
            db.Find(new StickerId(1));
        Assert.Equal(["stickers.db"], Directory.GetFiles(_folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void Open_WrongFile_SaysWhy()
    {
        Assert.Throws<FileNotFoundException>(() => StickerDatabase.Open(_folder.File("none.db")));
        var path = _folder.File("text.db");
        File.WriteAllText(path, string.Concat(Enumerable.Repeat("no database ", 1000)));
        Assert.Contains(path, Assert.Throws<InvalidDataException>(() => StickerDatabase.Open(path)).Message, StringComparison.Ordinal);
        File.WriteAllText(path, "");
        Assert.Contains("application_id 0", Assert.Throws<InvalidDataException>(() => StickerDatabase.Open(path)).Message, StringComparison.Ordinal);
        using (Write(Records.Of(1)))
        {
        }

        var bytes = File.ReadAllBytes(_folder.File("stickers.db"));
        bytes[63] = 9; // user_version
        File.WriteAllBytes(path, bytes);
        Assert.Contains("format version 9", Assert.Throws<InvalidDataException>(() => StickerDatabase.Open(path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SearchText_AmongFewOfMany_FindsEachThatMay()
    {
        // Every sticker has the word; the one in a hundred that may be found stands anywhere in the ranking.
        using var db = Write([.. Enumerable.Range(0, 4000).Select(i => Records.Of(StickerId.FromKey($"k{i}").Value, i % 2 == 0 ? ["cat"] : ["dog"], i % 2 == 0 ? null : $"cat {i}"))]);
        var may = Enumerable.Range(0, 4000).Where(i => i % 100 < 2).Select(i => StickerId.FromKey($"k{i}")).ToHashSet();
        var found = db.SearchText("cat", 1000, may.Contains);
        Assert.Equal(may.OrderBy(id => id.Value), found.Select(hit => hit.Id).OrderBy(id => id.Value));
        Assert.Equal(Enumerable.Repeat(1f, 40).Concat(Enumerable.Repeat(0.4f, 40)), found.Select(hit => hit.Score));
        Assert.Equal(found.Take(5), db.SearchText("cat", 5, may.Contains));
        Assert.Equal(4000, db.SearchText("cat", StickerDatabase.MaxHits).Count);
    }
}
