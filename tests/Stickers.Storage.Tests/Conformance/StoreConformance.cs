using System.Security.Cryptography;

namespace Stickers.Storage.Tests.Conformance;

/// <summary>What every store promises, tested on each by a class of its own. Every test has an empty store.</summary>
public abstract partial class StoreConformance : IAsyncLifetime
{
    /// <summary>More than two parts of a multipart upload, and more than one window of a reader.</summary>
    private const int Large = (20 << 20) + 12_345;

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    protected ObjectStore Store { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Store = await OpenAsync();

    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    /// <summary>Opens a new store that holds nothing.</summary>
    protected abstract Task<ObjectStore> OpenAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(262_145)]
    [InlineData(8 << 20)]
    [InlineData((8 << 20) + 1)]
    [InlineData(Large)]
    public async Task CommitAsync_AnySize_IsReadBackWithItsSizeAndHash(int size)
    {
        var content = Bytes(size, seed: size);

        var written = await WriteAsync("a/b/data.bin", content);

        Assert.Equal(new CommittedFile("data.bin", size, Convert.ToHexStringLower(SHA256.HashData(content))), written);
        Assert.Equal(size, (await Store.StatAsync("a/b/data.bin", Token))!.Bytes);
        AssertSame(content, await ReadAsync("a/b/data.bin"));
    }

    [Fact]
    public async Task CommitAsync_ManySmallWritesOfEveryKind_AreOneObject()
    {
        var content = Bytes(300_000, seed: 3);
        await using (var writer = await Store.CreateAsync("data.bin", Token))
        {
            writer.Stream.Write(content, 0, 100_000);
            await writer.Stream.WriteAsync(content.AsMemory(100_000, 99_999), Token);
            writer.Stream.WriteByte(content[199_999]);
            writer.Stream.Write(content.AsSpan(200_000));
            await writer.Stream.FlushAsync(Token);
            Assert.Equal(300_000, writer.Stream.Position);
            await writer.CommitAsync(Token);
        }

        AssertSame(content, await ReadAsync("data.bin"));
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(0, 1_000_000)]
    [InlineData(1, 999_998)]
    [InlineData(262_140, 10)]
    [InlineData(999_999, 1)]
    [InlineData(999_990, 100)]
    [InlineData(500_000, long.MaxValue)]
    [InlineData(0, 0)]
    [InlineData(1_000_000, 10)]
    [InlineData(2_000_000, 10)]
    [InlineData(long.MaxValue, long.MaxValue)]
    public async Task OpenReadAsync_Range_HoldsWhatTheObjectHasThere(long offset, long length)
    {
        var content = Bytes(1_000_000, seed: 1);
        await WriteAsync("data.bin", content);
        var start = (int)Math.Min(offset, content.Length);
        var expected = content.AsSpan(start, (int)Math.Min(length, content.Length - start)).ToArray();

        await using var stream = await Store.OpenReadAsync("data.bin", offset, length, Token);

        Assert.Equal(expected.Length, stream.Length);
        AssertSame(expected, await ReadAsync(stream));
    }

    [Theory]
    [InlineData(-1, 1)]
    [InlineData(1, -1)]
    public async Task OpenReadAsync_NegativeRange_Throws(long offset, long length) =>
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => Store.OpenReadAsync("data.bin", offset, length, Token));

    [Fact]
    public async Task OpenReadAsync_Seeking_ReadsFromThere()
    {
        var content = Bytes(Large, seed: 2);
        await WriteAsync("data.bin", content);
        await using var stream = await Store.OpenReadAsync("data.bin", Token);
        var random = new Random(4);
        Assert.True(stream.CanSeek);

        for (var i = 0; i < 20; i++)
        {
            var position = random.Next(Large);
            var buffer = new byte[random.Next(1, 100_000)];
            stream.Seek(i % 2 == 0 ? position : position - Large, i % 2 == 0 ? SeekOrigin.Begin : SeekOrigin.End);
            var read = i % 3 == 0 ? stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false) : await stream.ReadAtLeastAsync(buffer, buffer.Length, throwOnEndOfStream: false, Token);

            Assert.Equal(Math.Min(buffer.Length, Large - position), read);
            AssertSame(content[position..(position + read)], buffer[..read]);
            Assert.Equal(position + read, stream.Position);
        }

        stream.Position = Large + 10;
        Assert.Equal(0, await stream.ReadAsync(new byte[10], Token));
    }

    [Theory]
    [InlineData("ü +&%#?.png")]
    [InlineData("100%/50%25 %2F+%2B")]
    [InlineData("ねこ と 犬/😀.png")]
    [InlineData("a=b;c,d@e!f$g/(h)'i'*~`^|<j>{k}[l]\"m\"")]
    [InlineData(" leading and trailing ")]
    [InlineData(".hidden/..double/a..b/-/_")]
    [InlineData("e\u0301 is not \u00e9")]
    public async Task Key_WithOddCharacters_NamesOneObject(string key)
    {
        await WriteAsync(key, [1, 2, 3]);

        Assert.Equal([key], await KeysAsync(""));
        Assert.Equal([key], await KeysAsync(key[..^1]));
        Assert.Equal(3, (await Store.StatAsync(key, Token))!.Bytes);
        Assert.Equal([1, 2, 3], await ReadAsync(key));
        await Store.DeleteAsync(key, Token);
        Assert.Null(await Store.StatAsync(key, Token));
        Assert.Empty(await KeysAsync(""));
    }

    [Fact]
    public async Task Key_ThatDiffersInCaseOnly_IsAnother()
    {
        await WriteAsync("a/B", [1]);
        await WriteAsync("a/b", [2]);

        Assert.Equal([1], await ReadAsync("a/B"));
        Assert.Equal([2], await ReadAsync("a/b"));
    }

    [Fact]
    public async Task Key_AsLongAsAllowed_IsTaken()
    {
        var key = string.Join('/', Enumerable.Repeat(new string('k', 220), 4));
        await WriteAsync(key, [1]);

        Assert.Equal([key], await KeysAsync("k"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("/etc/passwd")]
    [InlineData("a/../../b")]
    [InlineData("a//b")]
    [InlineData("a/")]
    [InlineData("a\\b")]
    [InlineData("a:b")]
    [InlineData("a\nb")]
    [InlineData(".tmp-0000000000000000-a")]
    public async Task Key_Unsafe_IsRefusedEverywhere(string key)
    {
        await Assert.ThrowsAsync<ArgumentException>(() => Store.OpenReadAsync(key, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.CreateAsync(key, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.StatAsync(key, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteAsync(key, Token));
        await Assert.ThrowsAsync<ArgumentException>(() => Store.FetchAsync(key, Token));
        Assert.Throws<ArgumentException>(() => Store.WorkPath(key));
    }

    [Fact]
    public async Task MissingKey_IsToldApartFromEveryOtherFault()
    {
        var opened = await Assert.ThrowsAsync<FileNotFoundException>(() => Store.OpenReadAsync("no/such", Token));
        Assert.Contains("'no/such'", opened.Message, StringComparison.Ordinal);
        Assert.Contains(Store.Root, opened.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<FileNotFoundException>(() => Store.OpenReadAsync("no/such", 5, 5, Token));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Store.FetchAsync("no/such", Token));
        Assert.Null(await Store.StatAsync("no/such", Token));
        Assert.Null(await Store.ReadJsonAsync<CommittedFile>("no/such", Token));
        await Store.DeleteAsync("no/such", Token);
        Assert.Empty(await KeysAsync("no/"));
    }

    [Fact]
    public async Task FolderOfObjects_IsNoObject()
    {
        await WriteAsync("folder/object", [1]);

        Assert.Null(await Store.StatAsync("folder", Token));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Store.OpenReadAsync("folder", Token));
        await Store.DeleteAsync("folder", Token);
        Assert.Equal(["folder/object"], await KeysAsync(""));
    }

    [Fact]
    public async Task DeleteFolderAsync_Folder_LeavesWhatStandsBesideIt()
    {
        string[] inside = ["a/b/1", "a/b/c/2", "a/b/c/d/3"];
        string[] beside = ["a/b.x", "a/bc/4", "a/c"];
        foreach (var key in inside.Concat(beside)) await WriteAsync(key, [1]);

        await Store.DeleteFolderAsync("a/b", Token);
        Assert.Equal(beside, await KeysAsync(""));
        await Store.DeleteFolderAsync("a/b", Token);
        await Store.DeleteFolderAsync("no/such", Token);
        await Assert.ThrowsAsync<ArgumentException>(() => Store.DeleteFolderAsync("a/b/", Token));
        Assert.Equal(beside, await KeysAsync(""));

        await WriteAsync("a/b/1", [2]);
        Assert.Equal([2], await ReadAsync("a/b/1"));
    }

    [Fact]
    public async Task FetchAsync_Object_IsAFileWithItsContent()
    {
        var content = Bytes(700_000, seed: 7);
        await WriteAsync("a/data.bin", content);
        using (var file = await Store.FetchAsync("a/data.bin", Token)) AssertSame(content, await File.ReadAllBytesAsync(file.Path, Token));

        await WriteAsync("a/data.bin", [4, 5]);
        using (var file = await Store.FetchAsync("a/data.bin", Token)) Assert.Equal([4, 5], await File.ReadAllBytesAsync(file.Path, Token));
    }

    [Fact]
    public async Task WorkPath_OfAKey_IsTheSameOnLocalDiskAndNeverListed()
    {
        var path = Store.WorkPath("models/m/work");
        Assert.Equal(path, Store.WorkPath("models/m/work"));
        Assert.NotEqual(path, Store.WorkPath("models/n/work"));
        Directory.CreateDirectory(path);
        await File.WriteAllTextAsync(Path.Combine(path, "half"), "done", Token);

        Assert.Empty(await KeysAsync(""));
        Directory.Delete(path, recursive: true);
    }

    [Fact]
    public async Task Json_Written_IsReadBack()
    {
        var value = new CommittedFile("ねこ", 3, "abc");
        await Store.WriteJsonAsync("m.json", value, Token);

        Assert.Equal(value, await Store.ReadJsonAsync<CommittedFile>("m.json", Token));
    }

    protected static byte[] Bytes(int size, int seed)
    {
        var bytes = new byte[size];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    protected Task<CommittedFile> WriteAsync(string key, byte[] content) => Store.WriteAsync(key, content, Token);

    protected async Task<byte[]> ReadAsync(string key)
    {
        await using var stream = await Store.OpenReadAsync(key, Token);
        return await ReadAsync(stream);
    }

    protected async Task<List<string>> KeysAsync(string prefix) => await Store.ListAsync(prefix, Token).Select(found => found.Key).ToListAsync(Token);

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var content = new MemoryStream();
        await stream.CopyToAsync(content, Token);
        return content.ToArray();
    }

    /// <summary>Says where two contents differ instead of printing them.</summary>
    private static void AssertSame(byte[] expected, byte[] found)
    {
        Assert.Equal(expected.Length, found.Length);
        var same = expected.AsSpan().CommonPrefixLength(found);
        Assert.True(same == expected.Length, $"The contents differ from byte {same} on.");
    }
}
