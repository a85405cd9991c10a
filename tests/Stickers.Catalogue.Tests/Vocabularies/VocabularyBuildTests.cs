using Stickers.Catalogue.Images;
using Stickers.Catalogue.Vocabularies;

namespace Stickers.Catalogue.Tests.Vocabularies;

public sealed class VocabularyBuildTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task RunAsync_PlantedStructure_IsProposedAndNotApplied()
    {
        await AddCatalogueAsync();
        var before = await LabelsAsync();

        var draft = await VocabularyBuild.RunAsync(_temporary.Store, Options, null, Cancellation);

        // All that was planted, and nothing else.
        Assert.Equal(
            [("colour", "color", ProposalKind.Merge), ("goodnight moon", "good night moon", ProposalKind.Merge), ("puppy", "dog", ProposalKind.Implication)],
            draft.Proposals.Select(proposal => (proposal.Tag, proposal.Other, proposal.Kind)).Order());
        Assert.Equal(["dog", "house", "mouse", "puppy", "sketch"], (await VocabularyAsync()).Tags.Select(tag => tag.Key));
        Assert.Equal(before, await LabelsAsync());
    }

    [Fact]
    public async Task RunAsync_AgainWithUpdate_KeepsWhatAPersonDecided()
    {
        await AddCatalogueAsync();
        await VocabularyBuild.RunAsync(_temporary.Store, Options, null, Cancellation);
        var path = _temporary.Store.PathOf(TagVocabulary.FileName);
        await Assert.ThrowsAsync<InvalidOperationException>(() => VocabularyBuild.RunAsync(_temporary.Store, Options, null, Cancellation));
        var edited = File.ReadAllText(path)
            .Replace("accept: no, tag: 'puppy'", "accept: yes, tag: 'puppy'", StringComparison.Ordinal)
            .Replace("accept: no, tag: 'colour'", "accept: never, tag: 'colour'", StringComparison.Ordinal)
            .Replace("  'mouse': {}", "  'mouse':\n    names: { en: mouse, ja: ネズミ }\n    countries: { not: [XX] }", StringComparison.Ordinal);
        File.WriteAllText(path, edited);
        var decided = await VocabularyAsync();
        Assert.Contains("dog", decided.Normalize(["puppy"]));

        var draft = await VocabularyBuild.RunAsync(_temporary.Store, Options with { Update = true }, null, Cancellation);

        Assert.Equal(2, draft.Kept);
        Assert.Equal("goodnight moon", Assert.Single(draft.Proposals).Tag);
        Assert.Equal(decided.ContentHash, (await VocabularyAsync()).ContentHash);
        Assert.Equal("ネズミ", (await VocabularyAsync()).NameOf("mouse", "ja"));
        Assert.Contains("accept: never, tag: 'colour'", File.ReadAllText(path), StringComparison.Ordinal);
        // Nothing new: the same bytes.
        var text = File.ReadAllText(path);
        await VocabularyBuild.RunAsync(_temporary.Store, Options with { Update = true }, null, Cancellation);
        Assert.Equal(text, File.ReadAllText(path));
    }

    [Fact]
    public async Task RunAsync_RecordsInSeveralLanguages_ProposesTheWordThatFitsBest()
    {
        await AddCatalogueAsync();
        var lines = Enumerable.Range(0, 12).Select(i => i < 6
            ? $$$"""{"id": "{{{i}}}", "file": "a", "tags": {"en": ["mouse", "sketch"], "ja": ["ネズミ", "動物"], "zh_Hant": ["老鼠"]}}"""
            : $$$"""{"id": "{{{i}}}", "file": "a", "tags": {"en": ["dog", "sketch"], "ja": ["犬", "動物"], "zh_Hant": ["狗"]}}""");
        var file = _temporary.Store.PathOf("source.jsonl");
        File.WriteAllLines(file, [.. lines, "not json", """{"id": 7, "tags": {"en": "mouse"}}"""]);

        var draft = await VocabularyBuild.RunAsync(_temporary.Store, Options with { Names = [file], AcceptNames = 0.9 }, null, Cancellation);

        Assert.Equal(
            [("dog", "ja", "犬"), ("dog", "zh-hant", "狗"), ("mouse", "ja", "ネズミ"), ("mouse", "zh-hant", "老鼠"), ("sketch", "ja", "動物")],
            draft.Proposals.Where(proposal => proposal.Kind == ProposalKind.Name).Select(proposal => (proposal.Tag, proposal.Locale, proposal.Other)).Order());
        Assert.Equal(5, draft.AcceptedNames);
        Assert.Equal(["mouse"], (await VocabularyAsync()).Normalize(["ねずみ", "ﾈｽﾞﾐ"], "ja").Where(tag => tag == "mouse"));
        Assert.Equal("狗", (await VocabularyAsync()).NameOf("dog", "zh-Hant-TW"));
    }

    [Fact]
    public async Task RunAsync_TagRulesAtTheRoot_AreTakenOver()
    {
        await AddCatalogueAsync();
        File.WriteAllText(_temporary.Store.PathOf(TagVocabulary.RulesFileName), "junk: [sketch]\naliases: { mouse: mice }");

        await VocabularyBuild.RunAsync(_temporary.Store, Options, null, Cancellation);

        Assert.False(File.Exists(_temporary.Store.PathOf(TagVocabulary.RulesFileName)));
        Assert.Equal(["mice"], (await VocabularyAsync()).Normalize(["sketch", "Mouse"]));
    }

    [Theory]
    [InlineData("fairytale", "fairy tale", "together")]
    [InlineData("berries", "berry", "plural")]
    [InlineData("dogs", "dog", "plural")]
    [InlineData("silhouet", "silhouett", "letter")]
    [InlineData("umbrella", "umberlla", "letter")]
    [InlineData("cat", "car", null)]
    [InlineData("glass", "glas", null)]
    [InlineData("level 10", "level 11", null)]
    [InlineData("rabbit", "robot", null)]
    public void Compare_TwoSpellings_SaysHowTheyAreAlike(string a, string b, string? expected)
    {
        Assert.Equal(MergeProposals.Compare(a, b)?.How, MergeProposals.Compare(b, a)?.How);
        if (expected is null) Assert.Null(MergeProposals.Compare(a, b));
        else Assert.Contains(expected, MergeProposals.Compare(a, b)!.Value.How, StringComparison.Ordinal);
    }

    private static VocabularyBuildOptions Options => new() { Catalogue = "planted", MinimumSupport = 8 };

    private Task<TagVocabulary> VocabularyAsync() => TagVocabulary.OfAsync(_temporary.Store, Cancellation);

    private async Task<List<string>> LabelsAsync()
    {
        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "planted", Cancellation);
        return await catalogue.ReadAsync(images: false, Cancellation).Select(sticker => string.Join(',', catalogue.Vocabulary.TagsOf(sticker))).ToListAsync(Cancellation);
    }

    /// <summary>
    /// 60 pictures. 'colour' and 'goodnight moon' are rare spellings in the company of 'color' and 'good night moon'; a puppy is always a dog, while most dogs are
    /// no puppies; 'mouse' and 'house' differ by a letter and keep different company.
    /// </summary>
    private async Task AddCatalogueAsync()
    {
        var image = ImageDecoder.EncodePng(new RasterImage(1, 1, [1, 2, 3, 255]));
        await using var writer = await CatalogueWriter.CreateAsync(_temporary.Store, "planted", ["a test"], Cancellation);
        for (var i = 0; i < 60; i++)
        {
            string[] tags = (i % 6) switch
            {
                0 => [i % 18 == 0 ? "colour" : "color", "paint", "brush"],
                1 => [i % 18 == 1 ? "goodnight moon" : "good night moon", "bed", "pillow"],
                2 => ["puppy", "dog"],
                3 => ["dog"],
                4 => ["mouse", "cheese"],
                _ => ["house", "garden"],
            };
            var key = $"planted/{i}";
            await writer.AddAsync(
                new Sticker
                {
                    Id = StickerId.FromKey(key), Key = key, Pack = "planted", Creator = $"creator {i % 7}", Tags = [.. tags.Select(tag => tag is "paint" or "brush" or "bed" or "pillow" or "cheese" or "garden" ? $"{tag} {i / 18 % 3}" : tag), .. i % 4 == 0 ? new[] { "sketch" } : []],
                    Image = image, ImagePath = key, Format = StickerFormat.Png, Width = 1, Height = 1,
                },
                Cancellation);
        }

        await writer.CommitAsync(Cancellation);
    }
}
