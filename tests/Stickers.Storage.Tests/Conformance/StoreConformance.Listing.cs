using System.Text;

namespace Stickers.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task ListAsync_ManyKeys_AreInTheOrderOfTheirBytes()
    {
        // '-' and '.' stand before '/', '0' behind it; an emoji comes behind U+FF01 in UTF-8 and before it in UTF-16.
        string[] keys = ["a-b", "a/b", "a/c/d", "a/c-/e", "a/c.x", "a0", "b", "a/B", ".hidden/x", "a-/z", "a-.z/y", "！", "😀", "é", "e"];
        foreach (var key in keys) await WriteAsync(key, [1]);
        await using var unfinished = await Store.CreateAsync("a/z", Token);

        Assert.Equal(keys.OrderBy(key => Convert.ToHexString(Encoding.UTF8.GetBytes(key)), StringComparer.Ordinal), await KeysAsync(""));
        Assert.Equal(["a/B", "a/b", "a/c-/e", "a/c.x", "a/c/d"], await KeysAsync("a/"));
        Assert.Equal(["a-.z/y", "a-/z", "a-b", "a/B", "a/b", "a/c-/e", "a/c.x", "a/c/d", "a0"], await KeysAsync("a"));
        Assert.Equal(["a/c-/e", "a/c.x", "a/c/d"], await KeysAsync("a/c"));
        Assert.Equal(["a/c/d"], await KeysAsync("a/c/d"));
        Assert.Empty(await KeysAsync("nowhere/"));
        Assert.Empty(await KeysAsync("a/b/"));
    }

    [Fact]
    public async Task ListAsync_MoreThanAThousand_ListsEachOnce()
    {
        // More than a page of S3, and with folders between them.
        var keys = Enumerable.Range(0, 1050).Select(i => i % 10 == 0 ? $"many/{i:00000}/x" : $"many/{i:00000}").ToList();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Token }, async (key, stop) => await Store.WriteAsync(key, new byte[] { 1, 2 }, stop));

        var found = await Store.ListAsync("many/", Token).ToListAsync(Token);

        Assert.Equal(keys, found.Select(item => item.Key));
        Assert.All(found, item => Assert.Equal(2, item.Bytes));
        Assert.Equal(keys[..3], await Store.ListAsync("many/", Token).Take(3).Select(item => item.Key).ToListAsync(Token));
    }

    [Fact]
    public async Task ListAsync_ItemsOfIt_AreWhatStatSays()
    {
        await WriteAsync("a/one", [1]);
        await WriteAsync("a/two", Bytes(1000, seed: 2));

        await foreach (var item in Store.ListAsync("a/", Token)) Assert.Equal(await Store.StatAsync(item.Key, Token), item);
    }

    [Fact]
    public async Task DeleteAsync_PresentOrMissing_LeavesNone()
    {
        await WriteAsync("a/b", [1]);
        await Store.DeleteAsync("a/b", Token);
        await Store.DeleteAsync("a/b", Token);

        Assert.Empty(await KeysAsync(""));
    }

    [Fact]
    public async Task DeleteAsync_WhileListing_EndsWithNothingLeft()
    {
        for (var i = 0; i < 30; i++) await WriteAsync($"a/{i:00}/x", [1]);

        await foreach (var item in Store.ListAsync("a/", Token)) await Store.DeleteAsync(item.Key, Token);

        Assert.Empty(await KeysAsync(""));
    }
}
