namespace Stickers.Storage.Tests;

public sealed class StoreJsonTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private enum Colour
    {
        DeepRed,
    }

    private sealed record Manifest
    {
        public required int FormatVersion { get; init; }

        public required string Name { get; init; }

        public required Colour Colour { get; init; }

        public required IReadOnlyList<CommittedFile> Files { get; init; }
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task WriteJsonAsync_Manifest_GoldenBytes()
    {
        var manifest = new Manifest { FormatVersion = 1, Name = "ねこ <&>", Colour = Colour.DeepRed, Files = [new("part-00000.parquet", 3, "abc")] };
        await _temporary.Store.WriteJsonAsync("m.json", manifest, Token);

        const string expected = """
            {
              "formatVersion": 1,
              "name": "ねこ <&>",
              "colour": "deepRed",
              "files": [
                {
                  "path": "part-00000.parquet",
                  "bytes": 3,
                  "sha256": "abc"
                }
              ]
            }

            """;
        Assert.Equal(expected, await File.ReadAllTextAsync(_temporary.Store.PathOf("m.json"), Token));
        Assert.Equivalent(manifest, await _temporary.Store.ReadJsonAsync<Manifest>("m.json", Token), strict: true);
    }

    [Fact]
    public async Task ReadJsonAsync_NoObject_IsNull() => Assert.Null(await _temporary.Store.ReadJsonAsync<Manifest>("none.json", Token));

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("{")]
    [InlineData("{\"formatVersion\":1}")]
    [InlineData("{\"formatVersion\":1,\"name\":null,\"colour\":\"deepRed\",\"files\":[]}")]
    [InlineData("{\"formatVersion\":\"1\",\"name\":\"a\",\"colour\":\"deepRed\",\"files\":[]}")]
    public async Task ReadJsonAsync_NotThatType_NamesTheKey(string text)
    {
        await File.WriteAllTextAsync(_temporary.Store.PathOf("bad.json"), text, Token);

        var fault = await Assert.ThrowsAsync<InvalidDataException>(() => _temporary.Store.ReadJsonAsync<Manifest>("bad.json", Token));
        Assert.Contains("'bad.json'", fault.Message, StringComparison.Ordinal);
    }
}
