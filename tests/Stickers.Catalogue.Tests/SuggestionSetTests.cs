namespace Stickers.Catalogue.Tests;

public sealed class SuggestionSetTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task TryOpenAsync_NoManifest_IsNull()
    {
        await SuggestionSet.WritePartAsync(_temporary.Store, "m", "c", 0, Rows(), Token);

        Assert.Null(await SuggestionSet.TryOpenAsync(_temporary.Store, "m", "c", Token));
    }

    [Fact]
    public async Task WritePartAsync_Rows_AreReadBackByUsAndDuckDb()
    {
        var file = await SuggestionSet.WritePartAsync(_temporary.Store, "m", "c", 0, Rows(), Token);
        var manifest = new SuggestionManifest
        {
            FormatVersion = 1,
            Model = "m",
            ModelHash = "00",
            Catalogue = "c",
            CatalogueHash = "11",
            Read = 3,
            Tagged = 2,
            WithoutSuggestion = 1,
            Quarantined = 0,
            Rows = 3,
            Files = [file],
        };
        await _temporary.Store.WriteJsonAsync("suggestions/m/c/suggestions.json", manifest, Token);

        var set = await SuggestionSet.TryOpenAsync(_temporary.Store, "m", "c", Token);
        Assert.NotNull(set);
        await set.VerifyAsync(Token);
        Assert.Equal(Rows(), await set.ReadAsync(Token).ToListAsync(Token));
        var duck = DuckDb.Query("select id, tag, score, decision from read_parquet({0})", _temporary.Store.PathOf("suggestions/m/c/part-00000.parquet"));
        Assert.Equal([[1L, "good night", 0.75f, "accept"], [1L, "ねこ", 0.5f, "review"], [2L, "cat", 1f, "accept"]], duck);
    }

    private static Suggestion[] Rows() =>
    [
        new(new StickerId(1), "good night", 0.75f, SuggestionDecision.Accept),
        new(new StickerId(1), "ねこ", 0.5f, SuggestionDecision.Review),
        new(new StickerId(2), "cat", 1f, SuggestionDecision.Accept),
    ];
}
