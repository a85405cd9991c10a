using Stickers.Catalogue.Images;
using Stickers.Storage;

namespace Stickers.Catalogue.Tests.Formats;

/// <summary>What is persisted is frozen: the tiny files of each released format beside this test must be readable for ever.</summary>
public sealed class GoldenFilesTests
{
    private static readonly Sticker[] Stickers =
    [
        new()
        {
            Id = StickerId.FromKey("pack/ねこ"),
            Key = "pack/ねこ",
            Pack = "pack",
            Creator = "Ann",
            Title = "A cat",
            Locale = "ja",
            Tags = ["ねこ", "cat"],
            Image = new byte[] { 1, 2, 3 },
            ImagePath = "cat.webp",
            Format = StickerFormat.WebP,
            Width = 320,
            Height = 270,
            Frames = 12,
            Concept = "1f408",
            DuplicateGroup = "g",
            SplitCreator = "val",
            SplitConcept = "test",
            Created = new DateTime(2024, 5, 31, 12, 0, 1, DateTimeKind.Utc),
        },
        new()
        {
            Id = StickerId.FromKey("pack/none"),
            Key = "pack/none",
            Pack = "pack",
            Creator = "",
            Image = new byte[] { 4 },
            ImagePath = "none.svg",
            Format = StickerFormat.Svg,
            Width = 1,
            Height = 2,
        },
    ];

    private static readonly QuarantinedFile Quarantined = new("pack/bad", "/source/bad.png", "Truncated", "The file ends.", 7);

    private static readonly StickerEmbedding Embedding = new(StickerId.FromKey("pack/ねこ"), [0.5f, -0.5f], [1f]);

    private static readonly Suggestion[] Suggestions =
    [
        new(StickerId.FromKey("pack/none"), "cat", 0.75f, SuggestionDecision.Accept),
        new(StickerId.FromKey("pack/none"), "good night", 0.25f, SuggestionDecision.Review),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("v1")]
    [InlineData("v2")] // catalogues with created; the others are as before
    public async Task Read_FilesOfAReleasedFormat_GivesWhatWasWritten(string version)
    {
        var store = new LocalStore(Path.Combine(AppContext.BaseDirectory, "Formats", version));

        var catalogue = await StickerCatalogue.OpenAsync(store, "golden", Token);
        await catalogue.VerifyAsync(Token);
        Assert.Equal((3, 2, 1), (catalogue.Manifest.Read, catalogue.Manifest.Written, catalogue.Manifest.Quarantined));
        Assert.Equal(version == "v1" ? 1 : 2, catalogue.Manifest.FormatVersion);
        Assert.Equivalent(Stickers.Select(sticker => version == "v1" ? sticker with { Created = null } : sticker).Select(Comparable), (await catalogue.ReadAsync(cancellation: Token).ToListAsync(Token)).Select(Comparable), strict: true);
        Assert.Equal([Quarantined], await catalogue.ReadQuarantineAsync(Token).ToListAsync(Token));

        var embeddings = await EmbeddingSet.OpenAsync(store, "model", "golden", Token);
        await embeddings.VerifyAsync(Token);
        Assert.Equivalent(Embedding, Assert.Single(await embeddings.ReadAsync(Token).ToListAsync(Token)), strict: true);

        var suggestions = await SuggestionSet.TryOpenAsync(store, "model", "golden", Token);
        await suggestions!.VerifyAsync(Token);
        Assert.Equal(Suggestions, await suggestions.ReadAsync(Token).ToListAsync(Token));
    }

    /// <summary>Writes the files of the current format into the folder named by STICKERS_GOLDEN_ROOT, once, when a format is released.</summary>
    [Fact(Explicit = true)]
    public async Task WriteGoldenFiles()
    {
        var store = new LocalStore(Environment.GetEnvironmentVariable("STICKERS_GOLDEN_ROOT")!);
        await using (var writer = await CatalogueWriter.CreateAsync(store, "golden", ["/source"], Token))
        {
            await writer.QuarantineAsync(Quarantined, Token);
            foreach (var sticker in Stickers) await writer.AddAsync(sticker, Token);
            await writer.CommitAsync(Token);
        }

        var embeddings = await EmbeddingSet.WritePartAsync(store, "model", "golden", 0, [Embedding], cancellation: Token);
        await store.WriteJsonAsync("embeddings/model/golden/embeddings.json", new EmbeddingManifest { FormatVersion = 1, Model = "model", ModelHash = "aa", Catalogue = "golden", CatalogueHash = "bb", VisualDimension = 2, SemanticDimension = 1, Read = 2, Written = 1, Quarantined = 1, Files = [embeddings] }, Token);
        var suggestions = await SuggestionSet.WritePartAsync(store, "model", "golden", 0, Suggestions, Token);
        await store.WriteJsonAsync("suggestions/model/golden/suggestions.json", new SuggestionManifest { FormatVersion = 1, Model = "model", ModelHash = "aa", Catalogue = "golden", CatalogueHash = "bb", Read = 1, Tagged = 1, WithoutSuggestion = 0, Quarantined = 0, Rows = 2, Files = [suggestions] }, Token);
    }

    [Fact]
    public void Enums_ThatArePersisted_KeepTheirNamesAndNumbers()
    {
        Assert.Equal("Png=1 Apng=2 Jpeg=3 WebP=4 Gif=5 Svg=6", Frozen<StickerFormat>());
        Assert.Equal("Accept=1 Review=2", Frozen<SuggestionDecision>());
        Assert.Equal("Duplicate=1 MissingFile=2 UnsafeName=3 BadRecord=4 Unreadable=5", Frozen<ImportFault>());
        Assert.StartsWith("Empty=1 TooManyBytes=2 UnknownFormat=3 TooManyPixels=4 TooManyFrames=5 Truncated=6 Corrupt=7 Blank=8", Frozen<ImageFault>(), StringComparison.Ordinal);
    }

    private static string Frozen<T>() where T : struct, Enum => string.Join(' ', Enum.GetValues<T>().Select(value => $"{value}={Convert.ToInt32(value, System.Globalization.CultureInfo.InvariantCulture)}"));

    private static object Comparable(Sticker sticker) => new { Sticker = sticker with { Image = default, Tags = [] }, Image = sticker.Image.ToArray(), sticker.Tags };
}
