namespace Stickers.Catalogue.Tests;

public sealed class EmbeddingSetTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task WritePartAsync_Rows_AreReadBackBitForBitByUsAndDuckDb()
    {
        var rows = Rows(5000);
        var first = await EmbeddingSet.WritePartAsync(_temporary.Store, "m-1", "c", 0, rows, cancellation: Token);
        var second = await EmbeddingSet.WritePartAsync(_temporary.Store, "m-1", "c", 1, rows[..7], cancellation: Token);
        await Assert.ThrowsAsync<FileNotFoundException>(() => EmbeddingSet.OpenAsync(_temporary.Store, "m-1", "c", Token));
        await _temporary.Store.WriteJsonAsync("embeddings/m-1/c/embeddings.json", Manifest() with { Files = [first, second] }, Token);

        var set = await EmbeddingSet.OpenAsync(_temporary.Store, "m-1", "c", Token);
        await set.VerifyAsync(Token);
        var read = await set.ReadAsync(Token).ToListAsync(Token);
        Assert.Equal(5007, read.Count);
        Assert.All(read.Zip([.. rows, .. rows[..7]]), pair =>
        {
            Assert.Equal(pair.Second.Id, pair.First.Id);
            Assert.Equal(pair.Second.Visual, pair.First.Visual);
            Assert.Equal(pair.Second.Semantic, pair.First.Semantic);
        });

        var duck = DuckDb.Query("select id, visual, semantic from read_parquet({0})", _temporary.Store.PathOf("embeddings/m-1/c/part-00000.parquet"));
        Assert.All(duck.Zip(rows), pair =>
        {
            Assert.Equal(pair.Second.Id.Value, pair.First[0]);
            Assert.Equal(pair.Second.Visual, ((IEnumerable<float>)pair.First[1]!).ToArray());
            Assert.Equal(pair.Second.Semantic, ((IEnumerable<float>)pair.First[2]!).ToArray());
        });
    }

    [Fact]
    public async Task WritePartAsync_SameRowsTwice_GivesTheSameHash()
    {
        var first = await EmbeddingSet.WritePartAsync(_temporary.Store, "m", "c", 0, Rows(100), cancellation: Token);
        var second = await EmbeddingSet.WritePartAsync(_temporary.Store, "m", "d", 0, Rows(100), cancellation: Token);

        Assert.Equal(first, second);
    }

    [Fact]
    public async Task WritePartAsync_NoRowsOrEmptyVectors_AreReadBack()
    {
        StickerEmbedding[] rows = [new(new StickerId(1), [], [1]), new(new StickerId(2), [2, 3], []), new(new StickerId(3), [], [])];
        var some = await EmbeddingSet.WritePartAsync(_temporary.Store, "m", "c", 0, rows, cancellation: Token);
        var none = await EmbeddingSet.WritePartAsync(_temporary.Store, "m", "c", 1, [], cancellation: Token);
        await _temporary.Store.WriteJsonAsync("embeddings/m/c/embeddings.json", Manifest() with { Files = [some, none] }, Token);

        var read = await (await EmbeddingSet.OpenAsync(_temporary.Store, "m", "c", Token)).ReadAsync(Token).ToListAsync(Token);
        Assert.Equal(rows.Select(row => (row.Id, row.Visual.Length, row.Semantic.Length)), read.Select(row => (row.Id, row.Visual.Length, row.Semantic.Length)));
        Assert.Equal([2f, 3f], read[1].Visual);
    }

    [Fact]
    public async Task WritePartAsync_Codes_AreReadBackWithTheirMapByUsAndDuckDb()
    {
        var map = new CodeMap([.. Vector(new Random(5), 24 * 12)], Vector(new Random(6), 12));
        StickerEmbedding[] rows = [.. Rows(30).Select(row => row with { Code = map.Encode(row.Visual) })];
        var part = await EmbeddingSet.WritePartAsync(_temporary.Store, "m", "c", 0, rows, coded: true, Token);
        var none = await EmbeddingSet.WritePartAsync(_temporary.Store, "m", "c", 1, [], coded: true, Token);
        var code = await EmbeddingSet.WriteCodeMapAsync(_temporary.Store, "m", "c", map, Token);
        await _temporary.Store.WriteJsonAsync("embeddings/m/c/embeddings.json", Manifest() with { FormatVersion = 2, Code = code, Files = [part, none] }, Token);

        var set = await EmbeddingSet.OpenAsync(_temporary.Store, "m", "c", Token);
        Assert.Equal(rows.Select(row => Convert.ToHexString(row.Code)), await set.ReadAsync(Token).Select(row => Convert.ToHexString(row.Code)).ToListAsync(Token));
        Assert.Equal(map.ToBytes(), (await set.ReadCodeMapAsync(Token))!.ToBytes());
        Assert.Equal(12, set.Manifest.Code!.Bits);
        var duck = DuckDb.Query("select hex(code) from read_parquet({0})", _temporary.Store.PathOf("embeddings/m/c/part-00000.parquet"));
        Assert.Equal(rows.Select(row => Convert.ToHexString(row.Code)), duck.Select(row => (string)row[0]!));

        await _temporary.Store.WriteAsync("embeddings/m/c/code.map", new CodeMap(new float[24 * 12], new float[12]).ToBytes(), Token);
        await Assert.ThrowsAsync<InvalidDataException>(() => set.ReadCodeMapAsync(Token));
        await _temporary.Store.DeleteAsync("embeddings/m/c/code.map", Token);
        await Assert.ThrowsAsync<InvalidDataException>(() => EmbeddingSet.OpenAsync(_temporary.Store, "m", "c", Token));
    }

    private static EmbeddingManifest Manifest() => new()
    {
        FormatVersion = 1,
        Model = "m-1",
        ModelHash = "00",
        Catalogue = "c",
        CatalogueHash = "11",
        VisualDimension = 24,
        SemanticDimension = 16,
        Read = 1,
        Written = 1,
        Quarantined = 0,
        Files = [],
    };

    private static StickerEmbedding[] Rows(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(i => new StickerEmbedding(new StickerId(random.NextInt64()), Vector(random, 24), Vector(random, 16)))];
    }

    private static float[] Vector(Random random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextSingle() - 0.5f)];
}
