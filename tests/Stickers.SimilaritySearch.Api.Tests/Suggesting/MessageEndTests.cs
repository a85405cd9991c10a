using Stickers.SimilaritySearch.Api.Suggesting;

namespace Stickers.SimilaritySearch.Api.Tests.Suggesting;

public sealed class MessageEndTests
{
    [Theory]
    [InlineData("Good Night!", "good night ")]
    [InlineData("  ＧＯＯＤ　ｎｉｇｈｔ", "good night")]
    [InlineData("ネコ", "ねこ")]
    [InlineData("ﾈｺ", "ねこ")]
    [InlineData("ﾎﾞｰﾙ", "ぼーる")]
    [InlineData("Café", "cafe")]
    [InlineData("ราตรีสวัสดิ์", "ราตรีสวัสดิ์")]
    [InlineData("don't\nworry", "don t worry")]
    [InlineData("😀️ ok", "😀 ok")]
    [InlineData("a\ud800b", "ab")]
    [InlineData("", "")]
    public void Fold_Text_GivesOneSpelling(string text, string folded) => Assert.Equal(folded, TypedText.Fold(text));

    [Theory]
    [InlineData("see you good ni", "ni", "good ni", "you good ni", "see you good ni")]
    [InlineData("one two three four five", "five", "four five", "three four five", "two three four five")]
    [InlineData("hello w", "hello w")] // one letter alone begins too much
    [InlineData("w", "w")]
    [InlineData("cat ", "cat ")]
    [InlineData("今日ねこ", "ねこ", "日ねこ", "今日ねこ")]
    [InlineData("i love 猫", "猫", "love 猫", "i love 猫")]
    [InlineData("こ", "こ")]
    [InlineData("i love ねこ", "ねこ", "love ねこ", "i love ねこ")]
    public void Pieces_OpenOnes_BeginAtWordsOrCharacters(string folded, params string[] expected) =>
        Assert.Equal(expected.Order(StringComparer.Ordinal), MessageEnd.Pieces(folded).Where(piece => piece.Open).Select(piece => piece.Text).Order(StringComparer.Ordinal));

    [Fact]
    public void Pieces_FinishedOnes_CountLess()
    {
        var pieces = MessageEnd.Pieces("happy birthday to y");
        var earlier = Assert.Single(pieces, piece => piece.Text == "happy birthday");
        Assert.False(earlier.Open);
        Assert.True(earlier.Weight < pieces.First(piece => piece.Open).Weight);
    }

    [Fact]
    public void Pieces_OfAnyText_AreBounded()
    {
        foreach (var text in (string[])[new string('あ', 5000), string.Join(' ', Enumerable.Repeat("word", 2000)), new string('x', 5000), string.Concat(Enumerable.Repeat("😀", 3000)), string.Concat(Enumerable.Repeat("a あ", 1000))])
            Assert.InRange(MessageEnd.Pieces(TypedText.Fold(text)).Count, 1, 200);
    }
}
