namespace Stickers.Catalogue.Tests;

public sealed class DamagedCatalogueTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private string Part => _temporary.Store.PathOf("catalogues/c/part-00000.parquet");

    private string ManifestFile => _temporary.Store.PathOf("catalogues/c/catalogue.json");

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task OpenAsync_NoCatalogue_SaysHowToMakeOne()
    {
        var fault = await Assert.ThrowsAsync<FileNotFoundException>(() => StickerCatalogue.OpenAsync(_temporary.Store, "none", Token));
        Assert.Contains("stickers import", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_PartCutShort_NamesBothSizes()
    {
        await CatalogueWriterTests.WriteAsync(_temporary, CatalogueWriterTests.Stickers(10));
        await using (var part = new FileStream(Part, FileMode.Open)) part.SetLength(part.Length - 1);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => StickerCatalogue.OpenAsync(_temporary.Store, "c", Token));
        Assert.Contains("part-00000.parquet' has ", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_PartMissing_SaysSo()
    {
        await CatalogueWriterTests.WriteAsync(_temporary, CatalogueWriterTests.Stickers(10));
        File.Delete(Part);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => StickerCatalogue.OpenAsync(_temporary.Store, "c", Token));
        Assert.Contains("is missing", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenAsync_LaterFormat_IsRefused()
    {
        await CatalogueWriterTests.WriteAsync(_temporary, CatalogueWriterTests.Stickers(1));
        var text = await File.ReadAllTextAsync(ManifestFile, Token);
        await File.WriteAllTextAsync(ManifestFile, text.Replace("\"formatVersion\": 2", "\"formatVersion\": 3", StringComparison.Ordinal), Token);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => StickerCatalogue.OpenAsync(_temporary.Store, "c", Token));
        Assert.Contains("format version 3, this program reads 1 to 2", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task VerifyAsync_OneBitFlipped_NamesTheFile()
    {
        await CatalogueWriterTests.WriteAsync(_temporary, CatalogueWriterTests.Stickers(10));
        await using (var part = new FileStream(Part, FileMode.Open))
        {
            part.Position = part.Length / 2;
            var value = part.ReadByte();
            part.Position--;
            part.WriteByte((byte)(value ^ 1));
        }

        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => catalogue.VerifyAsync(Token));
        Assert.Contains("part-00000.parquet", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadAsync_NotParquet_NamesTheFile()
    {
        await CatalogueWriterTests.WriteAsync(_temporary, CatalogueWriterTests.Stickers(10));
        await File.WriteAllBytesAsync(Part, new byte[new FileInfo(Part).Length], Token);

        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token);
        var fault = await Assert.ThrowsAsync<InvalidDataException>(async () => await catalogue.ReadAsync(cancellation: Token).ToListAsync(Token));
        Assert.Contains("part-00000.parquet", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ReadPartAsync_NoSuchPart_Throws()
    {
        await CatalogueWriterTests.WriteAsync(_temporary, CatalogueWriterTests.Stickers(1));
        var catalogue = await StickerCatalogue.OpenAsync(_temporary.Store, "c", Token);

        Assert.Throws<ArgumentOutOfRangeException>(() => catalogue.ReadPartAsync(1, cancellation: Token));
        Assert.Throws<ArgumentOutOfRangeException>(() => catalogue.ReadPartAsync(-1, cancellation: Token));
    }
}
