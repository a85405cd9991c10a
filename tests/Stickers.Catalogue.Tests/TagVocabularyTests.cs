using CsCheck;

namespace Stickers.Catalogue.Tests;

public sealed class TagVocabularyTests : IDisposable
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
    public void Normalize_Spelling_GivesCanonicalTag(string spelling, string canonical) => Assert.Equal(canonical, TagVocabulary.Default.Normalize(spelling));

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
    public void Normalize_Junk_IsNull(string spelling) => Assert.Null(TagVocabulary.Default.Normalize(spelling));

    [Fact]
    public void Normalize_TagsOfASticker_AreDistinctAndOrdered() =>
        Assert.Equal(["animal", "cat", "good night"], TagVocabulary.Default.Normalize(["Good_Night", "cats", "CAT", "goodnight", "hash", "animals"]));

    [Fact]
    public void Normalize_WordOfAnIconTheme_IsJunkOnlyInThatCompany()
    {
        Assert.Empty(TagVocabulary.Default.Normalize(["computer", "icons", "theme", "action", "lemon_theme_icon"]));
        Assert.Equal(["computer", "office"], TagVocabulary.Default.Normalize(["computer", "office"]));
        Assert.Equal("computer", TagVocabulary.Default.Normalize("computer"));
    }

    [Fact]
    public void Normalize_AnyText_IsIdempotent()
    {
        var alphabet = "aBZ_-  \t#\"'“&amp;&#39;*?/0é\u0301ﬁＡﾊﾟ猫ねจ😀\u200d\u200b\ufe0f\u00adİß\ud83d\n";
        var text = Gen.OneOf(Gen.OneOf(alphabet.ToCharArray()).Array[0, 40].Select(chars => new string(chars)), Gen.String);
        text.Sample(
            spelling =>
            {
                var once = TagVocabulary.Default.Normalize(spelling);
                if (once is null) return;
                Assert.Equal(once, TagVocabulary.Default.Normalize(once));
                Assert.InRange(once.Length, 1, TagVocabulary.MaxLength);
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
    [InlineData("extends: defaults", "expected 'shipped'")]
    [InlineData("tags: { dog: {}, DOG: {} }", "twice")]
    [InlineData("tags: { '7': {} }", "cannot be a tag")]
    [InlineData("tags: { dog: { name: dog } }", "line 1")]
    [InlineData("tags: { dog: { implies: [pet] }, pet: { implies: [dog] } }", "circle")]
    [InlineData("tags: { dog: { names: { en: hound } }, wolf: { aliases: { en: [Hound] } } }", "two tags, 'dog' and 'wolf'")]
    [InlineData("tags: { dog: { countries: { only: [Japan] } } }", "two letters")]
    [InlineData("proposals: { merges: [ { tag: aa, into: bb, accept: maybe } ] }", "yes, no or never")]
    [InlineData("proposals: { merges: [ { tag: aa, into: bb, accept: yes }, { tag: bb, into: aa, accept: yes } ] }", "one the other way")]
    public void Load_Malformed_SaysWhere(string yaml, string expected)
    {
        var fault = Assert.Throws<InvalidDataException>(() => Load(yaml));
        Assert.Contains(expected, fault.Message, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("rules.yaml", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OfAsync_EditedCopyAtTheRoot_ReplacesTheShippedRules()
    {
        Assert.Same(TagVocabulary.Default, await TagVocabulary.OfAsync(_temporary.Store, TestContext.Current.CancellationToken));
        var path = _temporary.Store.PathOf(TagVocabulary.RulesFileName);
        TagVocabulary.WriteDefault(path);
        Assert.Equal("flower", (await TagVocabulary.OfAsync(_temporary.Store, TestContext.Current.CancellationToken)).Normalize("Flowers"));
        Assert.Throws<IOException>(() => TagVocabulary.WriteDefault(path));

        File.WriteAllText(path, "aliases: { flowers: bouquet }");
        Assert.Equal("bouquet", (await TagVocabulary.OfAsync(_temporary.Store, TestContext.Current.CancellationToken)).Normalize("Flowers"));
    }

    [Fact]
    public async Task OfAsync_VocabularyAtTheRoot_IsInForceAndNeverBesideTagRules()
    {
        File.WriteAllText(_temporary.Store.PathOf(TagVocabulary.FileName), "extends: shipped\ntags: { dog: { implies: [animals] } }");
        var vocabulary = await TagVocabulary.OfAsync(_temporary.Store, TestContext.Current.CancellationToken);
        Assert.Equal(["animal", "dog"], vocabulary.Normalize(["dogs"]));

        File.WriteAllText(_temporary.Store.PathOf(TagVocabulary.RulesFileName), "junk: []");
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => TagVocabulary.OfAsync(_temporary.Store, TestContext.Current.CancellationToken));
        Assert.Contains("only one can be in force", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Normalize_ListedTags_AreKnownByTheirNamesInTheStickersLocale()
    {
        var vocabulary = Load(
            """
            tags:
              bread: { names: { en: bread, es: pan }, aliases: { ja: [パン, 食パン] } }
              pan: { names: { en: pan, es: sartén } }
              mouth: { names: { ja: 口, zh: 嘴 } }
            """);

        Assert.Equal(["bread"], vocabulary.Normalize(["Pan"], "es"));
        Assert.Equal(["bread"], vocabulary.Normalize(["PAN"], "es-MX"));
        Assert.Equal(["pan"], vocabulary.Normalize(["Pan"], "en"));
        Assert.Equal(["bread"], vocabulary.Normalize(["ﾊﾟﾝ"], "ja"));
        // A language that does not know the word leaves it what it is.
        Assert.Equal(["sartén"], vocabulary.Normalize(["sartén"], "ja"));
        // Who does not say the language is understood as far as only one tag can be meant; a key means itself.
        Assert.Equal("bread", vocabulary.Normalize("食パン"));
        Assert.Equal("pan", vocabulary.Normalize("pan"));
        Assert.Equal("口", vocabulary.NameOf("mouth", "ja"));
        Assert.Equal("嘴", vocabulary.NameOf("mouth", "zh_Hant"));
        Assert.Equal("mouth", vocabulary.NameOf("mouth", "th"));
        Assert.Equal("unlisted", vocabulary.NameOf("unlisted", "ja"));
    }

    [Fact]
    public void Normalize_Implications_AreFollowedToTheEnd()
    {
        var vocabulary = Load("tags: { puppy: { implies: [dog] }, dog: { implies: [animal, pet] }, animal: {} }\naliases: { pup: puppy, pet: pets }");

        Assert.Equal(["animal", "dog", "pets", "puppy"], vocabulary.Normalize(["Pup"]));
        Assert.Equal("puppy", vocabulary.Normalize("pup"));
        Assert.Equal(["animal", "dog", "pets"], vocabulary.ImpliedBy("puppy"));
        Assert.Empty(vocabulary.ImpliedBy("animal"));
    }

    [Theory]
    [InlineData("beer", "JP", true)]
    [InlineData("beer", "sa", false)]
    [InlineData("beer", null, false)]
    [InlineData("sumo", "jp", true)]
    [InlineData("sumo", "US", false)]
    [InlineData("sumo", null, false)]
    [InlineData("cat", null, true)]
    [InlineData("unlisted", "SA", true)]
    public void IsAllowedIn_Country_FollowsThePolicy(string tag, string? country, bool expected) =>
        Assert.Equal(expected, Load("tags: { beer: { countries: { not: [sa, IR] } }, sumo: { countries: { only: [JP] } }, cat: {} }").IsAllowedIn(tag, country));

    [Fact]
    public void Load_Proposals_CountOnlyWhenAccepted()
    {
        const string Written =
            """
            tags:
              smiley: { names: { en: smiley } }
              smilie: { names: { en: smilie, ja: スマイル }, implies: [face] }
            proposals:
              merges: [ { tag: smilie, into: smiley, because: spelling, accept: ANSWER } ]
              implications: [ { tag: smiley, implies: happy, accept: ANSWER } ]
              names: [ { tag: smilie, locale: ko, name: 웃음, accept: ANSWER } ]
            """;
        var (open, accepted) = (Load(Written.Replace("ANSWER", "no", StringComparison.Ordinal)), Load(Written.Replace("ANSWER", "yes", StringComparison.Ordinal)));

        Assert.Equal(["face", "smilie"], open.Normalize(["smilie"], "en"));
        Assert.Equal(["웃음"], open.Normalize(["웃음"], "ko"));
        Assert.Equal(open.ContentHash, Load(Written.Replace("ANSWER", "never", StringComparison.Ordinal)).ContentHash);

        Assert.Equal(["face", "happy", "smiley"], accepted.Normalize(["smilie"], "en"));
        Assert.Equal(["face", "happy", "smiley"], accepted.Normalize(["スマイル"], "ja"));
        Assert.Equal(["face", "happy", "smiley"], accepted.Normalize(["웃음"], "ko"));
        Assert.Equal("smiley", Assert.Single(accepted.Tags).Key);
        Assert.NotEqual(open.ContentHash, accepted.ContentHash);
    }

    [Fact]
    public void ContentHash_OfTheSameMeaning_IsTheSame()
    {
        var hash = Load("junk: [aa, bb]\ntags: { cat: { names: { en: cat, ja: 猫 } }, dog: { implies: [animal] } }").ContentHash;

        Assert.Equal(hash, Load("# other order\ntags: { DOG: { implies: [Animal] }, cat: { names: { JA: 猫, en: CAT } } }\njunk: [bb, aa]").ContentHash);
        Assert.NotEqual(hash, Load("junk: [aa]\ntags: { cat: { names: { en: cat, ja: 猫 } }, dog: { implies: [animal] } }").ContentHash);
        Assert.NotEqual(hash, Load("junk: [aa, bb]\ntags: { cat: { names: { en: cat, ja: 猫 } }, dog: { implies: [pet] } }").ContentHash);
        Assert.NotEqual(hash, Load("junk: [aa, bb]\ntags: { cat: { names: { en: cat, ja: 猫 }, countries: { not: [SA] } }, dog: { implies: [animal] } }").ContentHash);
    }

    [Fact]
    public void Default_ListsNoTag() => Assert.Empty(TagVocabulary.Default.Tags);

    private TagVocabulary Load(string yaml)
    {
        var path = _temporary.Store.PathOf("rules.yaml");
        File.WriteAllText(path, yaml);
        return TagVocabulary.Load(path);
    }
}
