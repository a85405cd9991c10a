using Stickers.Catalogue;
using Stickers.SimilaritySearch.Exact;
using Stickers.SimilaritySearch.Tags;

namespace Stickers.SimilaritySearch.Tests;

public sealed class TagDocumentsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1 << 20)]
    [InlineData(7)] // sorted in many pieces
    public void RowsOf_TagsOfTwoSegments_AreThoseOfTheStickers(int mostSorted)
    {
        using var folder = new TemporaryFolder();
        var (stickers, segments) = Write(folder, mostSorted);
        using var documents = TagDocuments.Open(folder.File("tags.bin"));
        Assert.Equal(90, documents.Rows);
        var tags = stickers.SelectMany(sticker => sticker.CountedTags).Distinct().ToArray();
        Assert.Contains("猫", tags);
        Assert.Contains("guessed", tags);
        foreach (var tag in tags)
        {
            var expected = new List<uint>();
            uint before = 0;
            foreach (var (rows, alive) in segments)
            {
                for (long row = 0; row < rows.Count; row++)
                {
                    if (alive?[row] != false && stickers.Single(sticker => sticker.Id == rows.IdOf(row)).CountedTags.Contains(tag)) expected.Add(before + (uint)row);
                }

                before += (uint)rows.Count;
            }

            Assert.Equal(expected, documents.RowsOf(tag));
            Assert.Equal(expected.Count, documents.CountOf(tag));
            Assert.Equal(expected.Take(2), documents.RowsOf(tag, 2));
        }

        Assert.Equal(tags.Length, documents.Count);
        Assert.Empty(documents.RowsOf("only reviewed"));
        Assert.Empty(documents.RowsOf(""));
        Assert.Equal(0, documents.CountOf("zzz"));
    }

    [Fact]
    public void Write_InPieces_SameBytes()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 1 << 20);
        var whole = File.ReadAllBytes(folder.File("tags.bin"));
        File.Delete(folder.File("stickers.db"));
        Write(folder, 5);
        Assert.Equal(whole, File.ReadAllBytes(folder.File("tags.bin")));
    }

    [Fact]
    public void Open_WhatHoldsNoTags_SaysSo()
    {
        using var folder = new TemporaryFolder();
        Write(folder, 100);
        var path = folder.File("tags.bin");
        var whole = File.ReadAllBytes(path);
        File.WriteAllBytes(path, whole[..^1]);
        Assert.Throws<InvalidDataException>(() => TagDocuments.Open(path));
        File.WriteAllBytes(path, [.. whole[..4], 9, .. whole[5..]]);
        Assert.Contains("format version 9", Assert.Throws<InvalidDataException>(() => TagDocuments.Open(path)).Message, StringComparison.Ordinal);
        var wild = (byte[])whole.Clone();
        BitConverter.GetBytes(int.MaxValue).CopyTo(wild, TagDocuments.HeaderBytes + 4);
        File.WriteAllBytes(path, wild);
        Assert.Throws<InvalidDataException>(() => TagDocuments.Open(path));
        File.WriteAllText(path, "something else altogether, long enough for a header");
        Assert.Throws<InvalidDataException>(() => TagDocuments.Open(path));
    }

    /// <summary>100 stickers; 60 in one segment, of which every fourth is deleted, 30 in another, 10 in none.</summary>
    private static (StickerRecord[] Stickers, (RowTable Rows, RowBitmap? Alive)[] Segments) Write(TemporaryFolder folder, int mostSorted)
    {
        var stickers = Enumerable.Range(0, 100).Select(i => new StickerRecord
        {
            Id = StickerId.FromKey($"pack/{i}"),
            Key = $"pack/{i}",
            Pack = "pack",
            Creator = "",
            Locale = "en",
            Tags = i % 5 == 0 ? [] : i % 3 == 0 ? ["cat", "猫", "cat"] : [$"rare {i % 17}", "cat"],
            Suggestions = i % 5 == 0 ? [new SuggestedTag("guessed", 0.9f, "accept"), new SuggestedTag("only reviewed", 0.3f, "review")] : [],
        }).ToArray();
        using (var writer = StickerDatabaseWriter.Create(folder.File("stickers.db")))
        {
            foreach (var sticker in stickers) writer.Add(sticker, []);
            writer.Complete();
        }

        var first = RowTable.Of([.. stickers.Take(60).Select(sticker => sticker.Id.Value)], new ulong[60]);
        var second = RowTable.Of([.. stickers.Skip(60).Take(30).Select(sticker => sticker.Id.Value)], new ulong[30]);
        var alive = RowBitmap.All(60);
        for (var row = 0; row < 60; row += 4) alive[row] = false;
        (RowTable, RowBitmap?)[] segments = [(first, alive), (second, null)];
        using var database = StickerDatabase.Open(folder.File("stickers.db"));
        TagDocumentsWriter.Write(folder.File("tags.bin"), database, segments, mostSorted, Stop);
        return (stickers, segments);
    }
}
