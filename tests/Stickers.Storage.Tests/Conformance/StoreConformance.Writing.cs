namespace Stickers.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    [Fact]
    public async Task Writer_NotYetCommitted_ShowsNothing()
    {
        await using var writer = await Store.CreateAsync("a/data.bin", Token);
        await writer.Stream.WriteAsync(Bytes(Large, seed: 1), Token);
        await writer.Stream.FlushAsync(Token);

        Assert.Null(await Store.StatAsync("a/data.bin", Token));
        Assert.Empty(await KeysAsync(""));
        await Assert.ThrowsAsync<FileNotFoundException>(() => Store.OpenReadAsync("a/data.bin", Token));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(Large)]
    public async Task Writer_DisposedWithoutCommit_LeavesNothingAndKeepsTheOldObject(int size)
    {
        await WriteAsync("a/data.bin", [1, 2, 3]);
        await using (var writer = await Store.CreateAsync("a/data.bin", Token)) await writer.Stream.WriteAsync(Bytes(size, seed: 1), Token);
        await using (var writer = await Store.CreateAsync("a/other.bin", Token)) await writer.Stream.WriteAsync(Bytes(size, seed: 2), Token);

        Assert.Equal([1, 2, 3], await ReadAsync("a/data.bin"));
        Assert.Equal(["a/data.bin"], await KeysAsync(""));
        await AssertNoRemainsAsync();
    }

    [Fact]
    public async Task Writer_TwoOfOneKey_BothCommitAndTheLastWins()
    {
        await using var first = await Store.CreateAsync("data.bin", Token);
        await using var second = await Store.CreateAsync("data.bin", Token);
        first.Stream.Write([1]);
        second.Stream.Write([2]);
        await first.CommitAsync(Token);
        await second.CommitAsync(Token);

        Assert.Equal([2], await ReadAsync("data.bin"));
    }

    [Fact]
    public async Task Writer_Committed_TakesNoMore()
    {
        await using var writer = await Store.CreateAsync("data.bin", Token);
        await writer.CommitAsync(Token);

        await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
        Assert.Throws<ObjectDisposedException>(() => writer.Stream.WriteByte(1));
    }

    [Fact]
    public async Task Writer_StreamDisposedByItsUser_CanStillBeCommitted()
    {
        await using var writer = await Store.CreateAsync("data.txt", Token);
        await using (var text = new StreamWriter(writer.Stream)) await text.WriteAsync("text");
        await writer.CommitAsync(Token);

        Assert.Equal("text"u8.ToArray(), await ReadAsync("data.txt"));
    }

    [Fact]
    public async Task Writer_Cancelled_ShowsNothing()
    {
        using var source = new CancellationTokenSource();
        await using (var writer = await Store.CreateAsync("small.bin", Token))
        {
            writer.Stream.Write([1]);
            await source.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writer.CommitAsync(source.Token));
        }

        await using (var writer = await Store.CreateAsync("large.bin", Token))
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await writer.Stream.WriteAsync(Bytes(Large, seed: 1), source.Token));
            // Whoever swallows the exception must not get an object with a hole.
            await Assert.ThrowsAsync<InvalidOperationException>(() => writer.CommitAsync(Token));
        }

        Assert.Empty(await KeysAsync(""));
        await AssertNoRemainsAsync();
    }

    [Fact]
    public async Task EveryCall_CancelledBefore_Throws()
    {
        await WriteAsync("a", [1]);
        var cancelled = new CancellationToken(canceled: true);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.OpenReadAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.CreateAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.StatAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.DeleteAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Store.FetchAsync("a", cancelled));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await Store.ListAsync("", cancelled).ToListAsync(Token));
        Assert.Equal(["a"], await KeysAsync(""));
    }

    [Fact]
    public async Task CommitAsync_OverAnObjectThatIsRead_IsSeenWholeOrNotAtAll()
    {
        byte[][] contents = [Filled(1, 300_000), Filled(2, 500_000), Filled(3, 20)];
        await WriteAsync("data.bin", contents[0]);
        using var done = new CancellationTokenSource();
        var readers = Enumerable.Range(0, 3).Select(_ => Task.Run(() => ReadUntilAsync(done.Token), Token)).ToList();

        for (var i = 1; i <= 30; i++) await WriteAsync("data.bin", contents[i % 3]);
        await done.CancelAsync();

        Assert.True((await Task.WhenAll(readers)).Sum() > 0, "Nothing was read meanwhile.");

        async Task<int> ReadUntilAsync(CancellationToken end)
        {
            var count = 0;
            for (; !end.IsCancellationRequested; count++)
            {
                try
                {
                    var found = await ReadAsync("data.bin");
                    Assert.Contains(contents, content => content.AsSpan().SequenceEqual(found));
                }
                catch (StoreException replaced) when (replaced.IsTransient)
                {
                    // Replaced between two windows of one reader, which is told so instead of getting a mixture.
                }
            }

            return count;
        }
    }

    [Fact]
    public async Task OpenStream_ObjectReplaced_GivesTheOldBytesOrSaysSo()
    {
        var old = Bytes(Large, seed: 1);
        await WriteAsync("data.bin", old);
        await using var stream = await Store.OpenReadAsync("data.bin", Token);
        var start = new byte[1000];
        await stream.ReadExactlyAsync(start, Token);
        await WriteAsync("data.bin", Bytes(Large, seed: 2));

        try
        {
            AssertSame(old[1000..], await ReadAsync(stream));
        }
        catch (StoreException replaced)
        {
            Assert.True(replaced.IsTransient);
            Assert.Equal("data.bin", replaced.Key);
        }

        AssertSame(old[..1000], start);
    }

    /// <summary>Looks behind the store's back for what must not be left: temporary files, unfinished uploads.</summary>
    protected abstract Task AssertNoRemainsAsync();

    private static byte[] Filled(byte value, int size)
    {
        var bytes = new byte[size];
        Array.Fill(bytes, value);
        return bytes;
    }
}
