using CsCheck;

namespace Stickers.Catalogue.Tests;

public sealed class TagRulesTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("Happy", "happy")]
    [InlineData("  GOOD__night-- ", "good night")]
    [InlineData("heart\u2013eyes", "heart eyes")]
    [InlineData("ＨＡＰＰＹ　ｄａｙ", "happy day")]
    [InlineData("ﾊﾟﾝﾀﾞ", "パンダ")]
    [InlineData("cafe\u0301", "café")]
    [InlineData("rock &amp; roll", "rock & roll")]
    [InlineData("&amp;quot;Angry&amp;quot;", "angry")]
    [InlineData("#love", "love")]
    [InlineData("“kiss”", "kiss")]
    [InlineData("zero\u200Bwidth", "zerowidth")]
    [InlineData("flowers", "flower")]
    [InlineData("Fairytale", "fairy tale")]
    [InlineData("猫", "猫")]
    [InlineData("あ", "あ")]
    [InlineData("한", "한")]
    [InlineData("😀", "😀")]
    [InlineData("👩‍🚀", "👩‍🚀")]
    [InlineData("o’clock", "o’clock")]
    [InlineData("24 hours", "24 hours")]
    [InlineData("glasses", "glasses")]
    public void Normalize_Spelling_GivesCanonicalTag(string spelling, string canonical) => Assert.Equal(canonical, TagRules.Default.Normalize(spelling));

    [Theory]
    [InlineData("")]
    [InlineData(" _- ")]
    [InlineData("#")]
    [InlineData("11")]
    [InlineData("24/7")]
    [InlineData("...")]
    [InlineData("*")]
    [InlineData("x")]
    [InlineData("é")]
    [InlineData("ก")]
    [InlineData("HASH(0x8a07724)")]
    [InlineData("lemon_theme_icon")]
    [InlineData("Unsorted")]
    [InlineData("clip_art")]
    [InlineData("snu@autistici.org")]
    [InlineData("http://www.bcostea.ro")]
    [InlineData("one two three four five six seven eight nine ten eleven twelve")]
    public void Normalize_Junk_IsNull(string spelling) => Assert.Null(TagRules.Default.Normalize(spelling));

    [Fact]
    public void Normalize_TagsOfASticker_AreDistinctAndOrdered() =>
        Assert.Equal(["animal", "cat", "good night"], TagRules.Default.Normalize(["Good_Night", "cats", "CAT", "goodnight", "hash", "animals"]));

    [Fact]
    public void Normalize_WordOfAnIconTheme_IsJunkOnlyInThatCompany()
    {
        Assert.Empty(TagRules.Default.Normalize(["computer", "icons", "theme", "action", "lemon_theme_icon"]));
        Assert.Equal(["computer", "office"], TagRules.Default.Normalize(["computer", "office"]));
        Assert.Equal("computer", TagRules.Default.Normalize("computer"));
    }

    [Fact]
    public void Normalize_AnyText_IsIdempotent()
    {
        var alphabet = "aBZ_-  \t#\"'“&amp;&#39;*?/0é\u0301ﬁＡﾊﾟ猫ねจ😀\u200d\u200b\ufe0f\u00adİß\ud83d\n";
        var text = Gen.OneOf(Gen.OneOf(alphabet.ToCharArray()).Array[0, 40].Select(chars => new string(chars)), Gen.String);
        text.Sample(
            spelling =>
            {
                var once = TagRules.Default.Normalize(spelling);
                if (once is null) return;
                Assert.Equal(once, TagRules.Default.Normalize(once));
                Assert.InRange(once.Length, 1, TagRules.MaxLength);
                Assert.False(once.StartsWith(' ') || once.EndsWith(' ') || once.Contains("  ", StringComparison.Ordinal), $"spaces in '{once}'");
            },
            iter: 20_000,
            threads: 1);
    }

    [Fact]
    public void Load_ChainOfAliases_EndsAtTheLast()
    {
        var rules = Load("aliases: { a_b: c d, 'c  d': EF }\njunk: [ 'x*' ]");

        Assert.Equal("ef", rules.Normalize("A-B"));
        Assert.Equal("ef", rules.Normalize("c d"));
        Assert.Null(rules.Normalize("xylophone"));
        Assert.Equal("flowers", rules.Normalize("flowers"));
    }

    [Theory]
    [InlineData("aliases: { aa: bb, bb: cc, cc: aa }", "circle")]
    [InlineData("aliases: { aa: aa }", "circle")]
    [InlineData("aliases: { aa: bb, AA: cc }", "two meanings")]
    [InlineData("junk:\n  - one\n  - [two]", "line 3")]
    [InlineData("junk: [ '#' ]", "without a word")]
    [InlineData("aliases:\n  aa:", "without a word")]
    [InlineData("alias: { a: b }", "alias")]
    [InlineData("junk: [", "line")]
    [InlineData("aliases: { aa: bb, aa: bb }", "line")]
    public void Load_Malformed_SaysWhere(string yaml, string expected)
    {
        var fault = Assert.Throws<InvalidDataException>(() => Load(yaml));
        Assert.Contains(expected, fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("rules.yaml", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfAsync_EditedCopyAtTheRoot_ReplacesTheShippedRules()
    {
        Assert.Same(TagRules.Default, await TagRules.OfAsync(_temporary.Store, TestContext.Current.CancellationToken));
        var path = _temporary.Store.PathOf(TagRules.FileName);
        TagRules.WriteDefault(path);
        Assert.Equal("flower", (await TagRules.OfAsync(_temporary.Store, TestContext.Current.CancellationToken)).Normalize("Flowers"));
        Assert.Throws<IOException>(() => TagRules.WriteDefault(path));

        File.WriteAllText(path, "aliases: { flowers: bouquet }");
        Assert.Equal("bouquet", (await TagRules.OfAsync(_temporary.Store, TestContext.Current.CancellationToken)).Normalize("Flowers"));
    }

    private TagRules Load(string yaml)
    {
        var path = _temporary.Store.PathOf("rules.yaml");
        File.WriteAllText(path, yaml);
        return TagRules.Load(path);
    }
}
