namespace Stickers.Storage.Tests;

public sealed class LocalCacheTests : IDisposable
{
    private const string FolderVariable = "STICKERS_TEST_SHARED_CACHE";
    private const int Size = 1000;

    private readonly string _folder = Directory.CreateTempSubdirectory("stickers-cache-").FullName;
    private int _brought;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task FetchAsync_SameVersion_IsBroughtOnceHoweverManyAskAtOnce()
    {
        var cache = new LocalCache(_folder, 10 * Size);

        var files = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => FetchAsync(cache, 1)));

        Assert.Equal(1, _brought);
        Assert.All(files, file => Assert.Equal(Content(1), File.ReadAllBytes(file.Path)));
        foreach (var file in files) file.Dispose();
        (await FetchAsync(new LocalCache(_folder, 10 * Size), 1)).Dispose();
        Assert.Equal(1, _brought);
    }

    [Fact]
    public async Task FetchAsync_OtherVersionKeyOrStore_IsAnother()
    {
        var cache = new LocalCache(_folder, 10 * Size);
        StoredObject[] items = [new("a", Size, "v1"), new("a", Size, "v2"), new("b", Size, "v1")];
        foreach (var store in (string[])["s3://one", "s3://two"])
        {
            foreach (var item in items) (await FetchAsync(cache, item, 1, store)).Dispose();
        }

        Assert.Equal(6, _brought);
    }

    [Fact]
    public async Task FetchAsync_AboveTheLimit_EvictsWhatWasUsedLongestAgo()
    {
        var cache = new LocalCache(_folder, 3 * Size);
        foreach (var number in (int[])[1, 2, 3, 1, 4]) (await FetchAsync(cache, number)).Dispose();
        Assert.Equal(4, _brought);
        Assert.Equal(3 * Size, Held());

        (await FetchAsync(cache, 1)).Dispose();
        (await FetchAsync(cache, 3)).Dispose();
        Assert.Equal(4, _brought);
        (await FetchAsync(cache, 2)).Dispose();
        Assert.Equal(5, _brought);
    }

    [Fact]
    public async Task FetchAsync_AllInUse_KeepsThemAndSaysSo()
    {
        var cache = new LocalCache(_folder, 2 * Size);
        using var first = await FetchAsync(cache, 1);
        var second = await FetchAsync(cache, 2);

        var full = await Assert.ThrowsAsync<StoreException>(() => FetchAsync(cache, 3));
        Assert.True(full.IsTransient);
        Assert.Contains("copies of 2000 bytes are in use", full.Message, StringComparison.Ordinal);
        Assert.Contains(LocalCache.LimitVariable, full.Message, StringComparison.Ordinal);

        second.Dispose();
        (await FetchAsync(cache, 3)).Dispose();
        Assert.Equal(Content(1), await File.ReadAllBytesAsync(first.Path, Token));
        Assert.False(File.Exists(second.Path));
    }

    [Fact]
    public async Task FetchAsync_LargerThanTheLimit_IsRefusedForGood()
    {
        var cache = new LocalCache(_folder, Size - 1);

        var fault = await Assert.ThrowsAsync<StoreException>(() => FetchAsync(cache, 1));

        Assert.False(fault.IsTransient);
        Assert.Equal(0, Held());
    }

    [Fact]
    public async Task FetchAsync_BringingFails_LeavesNothingAndIsTriedAnew()
    {
        var cache = new LocalCache(_folder, 10 * Size);
        var item = new StoredObject("1", Size, "v");
        await Assert.ThrowsAsync<InvalidDataException>(() => cache.FetchAsync("s", item, (_, _) => throw new InvalidDataException("x"), Token));
        var tooShort = await Assert.ThrowsAsync<StoreException>(() => cache.FetchAsync("s", item, async (target, stop) => await target.WriteAsync(new byte[3], stop), Token));
        Assert.Contains("3 bytes came, expected 1000", tooShort.Message, StringComparison.Ordinal);
        Assert.Equal(0, Held());

        using var file = await FetchAsync(cache, item, 1, "s");
        Assert.Equal(Content(1), await File.ReadAllBytesAsync(file.Path, Token));
    }

    [Fact]
    public async Task FetchAsync_RemainsOfAKilledProcess_AreNeverSeenAndGoAway()
    {
        var cache = new LocalCache(_folder, 2 * Size);
        string path;
        using (var file = await FetchAsync(cache, 1)) path = file.Path;
        File.Move(path, path + ".part");
        await File.WriteAllBytesAsync(path + ".part", new byte[Size / 2], Token);
        await File.WriteAllBytesAsync(Path.Combine(_folder, "objects", "dead.part"), new byte[2 * Size], Token);

        using var again = await FetchAsync(cache, 1);

        Assert.Equal(Content(1), await File.ReadAllBytesAsync(again.Path, Token));
        Assert.Equal(2, _brought);
        Assert.Equal(Size, Held());
    }

    [Fact]
    public async Task FetchAsync_ManyProcesses_SeeWholeCopiesOnlyAndKeepTheLimit()
    {
        var processes = Enumerable.Range(0, 3).Select(i => ChildTest.Start(typeof(LocalCacheTests), nameof(FetchAtRandom), new Dictionary<string, string> { [FolderVariable] = _folder })).ToList();
        foreach (var process in processes)
        {
            await ChildTest.DemandPassAsync(process);
            process.Dispose();
        }

        Assert.InRange(Held(), 1, 8 * Size);
        Assert.DoesNotContain(Directory.GetFiles(_folder, "*", SearchOption.AllDirectories), file => file.EndsWith(".part", StringComparison.Ordinal));
    }

    /// <summary>Not a test of its own: the body of a process that shares a cache with others.</summary>
    [Fact(Explicit = true)]
    public async Task FetchAtRandom()
    {
        var cache = new LocalCache(Environment.GetEnvironmentVariable(FolderVariable)!, 8 * Size);
        await Task.WhenAll(Enumerable.Range(0, 2).Select(worker => Task.Run(async () =>
        {
            var random = new Random();
            for (var i = 0; i < 150; i++)
            {
                var number = random.Next(20);
                using var file = await FetchAsync(cache, number);
                Assert.Equal(Content(number), await File.ReadAllBytesAsync(file.Path, Token));
            }
        }, Token)));
    }

    [Theory]
    [InlineData("1", 1)]
    [InlineData("500MiB", 500L << 20)]
    [InlineData("20 GiB", 20L << 30)]
    [InlineData("2tib", 2L << 40)]
    public void SizeOf_Size_IsBytes(string text, long expected) => Assert.Equal(expected, LocalCache.SizeOf(text));

    [Theory]
    [InlineData("0")]
    [InlineData("-1")]
    [InlineData("20GB")]
    [InlineData("much")]
    [InlineData("99999999TiB")]
    public void SizeOf_NoSize_NamesTheVariable(string text) =>
        Assert.Contains(LocalCache.LimitVariable, Assert.Throws<ArgumentException>(() => LocalCache.SizeOf(text)).Message, StringComparison.Ordinal);

    private Task<LocalFile> FetchAsync(LocalCache cache, int number) => FetchAsync(cache, new StoredObject($"{number}", Size, "v"), number, "s3://bucket");

    private Task<LocalFile> FetchAsync(LocalCache cache, StoredObject item, int number, string store) => cache.FetchAsync(
        store,
        item,
        async (target, stop) =>
        {
            Interlocked.Increment(ref _brought);
            var content = Content(number);
            await target.WriteAsync(content.AsMemory(0, Size / 2), stop);
            await Task.Delay(2, stop);
            await target.WriteAsync(content.AsMemory(Size / 2), stop);
        },
        Token);

    private static byte[] Content(int number)
    {
        var content = new byte[Size];
        new Random(number).NextBytes(content);
        return content;
    }

    private long Held() => Directory.Exists(Path.Combine(_folder, "objects")) ? new DirectoryInfo(Path.Combine(_folder, "objects")).GetFiles().Sum(file => file.Length) : 0;
}
