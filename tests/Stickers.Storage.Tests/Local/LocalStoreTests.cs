using System.Diagnostics;

namespace Stickers.Storage.Tests.Local;

public sealed class LocalStoreTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private LocalStore Store => _temporary.Store;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("..")]
    [InlineData("a/../../b")]
    [InlineData("a/./b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("a\nb")]
    [InlineData("a\0b")]
    [InlineData("a:b")]
    [InlineData(".tmp-0000000000000000-a")]
    public void PathOf_UnsafeKey_IsRefused(string key) => Assert.Throws<ArgumentException>(() => Store.PathOf(key));

    [Theory]
    [InlineData("a")]
    [InlineData("catalogues/demo/part-00000.parquet")]
    [InlineData("embeddings/モデル 1/.journal/a..b")]
    public void PathOf_SafeKey_LiesUnderTheRoot(string key) =>
        Assert.Equal(Path.GetFullPath(Path.Combine(Store.Root, key)), Store.PathOf(key));

    [Fact]
    public async Task DeleteFolderAsync_NestedFolders_LeavesNoEmptyOnes()
    {
        await Store.WriteAsync("a/trial/images/x/.ledger/1.json", new byte[1], Token);
        await File.WriteAllBytesAsync(Store.PathOf("a/trial/images") + "/.tmp-0123456789abcdef-left", [1], Token); // by a writer that is dead
        await Store.WriteAsync("a/kept", new byte[1], Token);

        await Store.DeleteFolderAsync("a/trial", Token);

        Assert.Equal([Store.PathOf("a/kept")], Directory.GetFileSystemEntries(Store.PathOf("a")));
    }

    // Not a case of the theory above: an attribute cannot hold half of a surrogate pair.
    [Fact]
    public void PathOf_HalfASurrogatePair_IsRefused() => Assert.Throws<ArgumentException>(() => Store.PathOf("a/\ud83d"));

    [Fact]
    public void PathOf_NameThatNoFileSystemTakes_IsRefused() => Assert.Throws<ArgumentException>(() => Store.PathOf(new string('ね', 100)));

    [Fact]
    public async Task CommitAsync_WrittenBytes_AreReadBackAndHashedAsSha256sumDoes()
    {
        var written = await WriteAsync("a/b/data.bin", [.. Enumerable.Range(0, 200_000).Select(i => (byte)(i * 7))]);

        Assert.Equal("data.bin", written.Path);
        Assert.Equal(200_000, written.Bytes);
        using var sum = Process.Start(new ProcessStartInfo("sha256sum", Store.PathOf("a/b/data.bin")) { RedirectStandardOutput = true })!;
        Assert.Equal(written.Sha256, (await sum.StandardOutput.ReadToEndAsync(Token)).Split(' ')[0]);
        await using var stream = await Store.OpenReadAsync("a/b/data.bin", Token);
        Assert.True(stream.CanSeek);
        Assert.Equal(200_000, stream.Length);
    }

    [Fact]
    public async Task DisposeAsync_WithoutCommit_LeavesNoFileAndKeepsTheOldObject()
    {
        await WriteAsync("data.bin", [1, 2, 3]);
        await using (var writer = await Store.CreateAsync("data.bin", Token)) writer.Stream.Write([9, 9]);

        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(Store.PathOf("data.bin"), Token));
        Assert.Single(Directory.GetFiles(Store.Root, "*", new EnumerationOptions { AttributesToSkip = 0 }));
    }

    [Fact]
    public async Task CommitAsync_WhileAnOldStreamIsOpen_OldReaderKeepsTheOldBytes()
    {
        await WriteAsync("data.bin", [1, 2, 3]);
        await using var old = await Store.OpenReadAsync("data.bin", Token);
        await WriteAsync("data.bin", [4, 5]);

        var bytes = new byte[3];
        await old.ReadExactlyAsync(bytes, Token);
        Assert.Equal([1, 2, 3], bytes);
    }

    private async Task<CommittedFile> WriteAsync(string key, byte[] content)
    {
        await using var writer = await Store.CreateAsync(key, Token);
        await writer.Stream.WriteAsync(content, Token);
        return await writer.CommitAsync(Token);
    }
}
