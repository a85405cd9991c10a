using System.Globalization;
using System.Text;

namespace Stickers.Storage.Tests.Conformance;

public abstract partial class StoreConformance
{
    private const int Racers = 16;

    [Fact]
    public async Task IfAbsent_NoObject_Creates()
    {
        await Store.WriteAsync("a", new byte[] { 1 }, WriteCondition.IfAbsent, Token);

        Assert.Equal([1], await ReadAsync("a"));
    }

    [Fact]
    public async Task IfAbsent_Object_IsAConflictThatNamesIt()
    {
        await WriteAsync("a", [1]);
        var standing = await Store.StatAsync("a", Token);

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync("a", new byte[] { 2 }, WriteCondition.IfAbsent, Token));

        Assert.Equal((Store.Root, "a", null, standing!.Version, false), (conflict.Store, conflict.Key, conflict.Expected, conflict.Found, conflict.IsTransient));
        Assert.Contains("expected no object", conflict.Message, StringComparison.Ordinal);
        Assert.Equal([1], await ReadAsync("a"));
        await AssertNoRemainsAsync();
    }

    [Fact]
    public async Task IfVersion_Unchanged_Replaces()
    {
        await WriteAsync("a", [1]);
        var before = await Store.StatAsync("a", Token);
        await Store.WriteAsync("a", new byte[] { 2 }, WriteCondition.IfVersion(before!.Version), Token);
        var after = await Store.StatAsync("a", Token);

        Assert.Equal([2], await ReadAsync("a"));
        Assert.NotEqual(before.Version, after!.Version);
        Assert.Equal([after], await Store.ListAsync("", Token).ToListAsync(Token));
    }

    [Fact]
    public async Task IfVersion_Replaced_IsAConflict()
    {
        await WriteAsync("a", [1]);
        var before = await Store.StatAsync("a", Token);
        await WriteAsync("a", [2]);

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync("a", new byte[] { 3 }, WriteCondition.IfVersion(before!.Version), Token));

        Assert.Equal((before!.Version, (await Store.StatAsync("a", Token))!.Version), (conflict.Expected, conflict.Found));
        Assert.Equal([2], await ReadAsync("a"));
        await AssertNoRemainsAsync();
    }

    [Fact]
    public async Task IfVersion_Deleted_IsAConflict()
    {
        await WriteAsync("a", [1]);
        var before = await Store.StatAsync("a", Token);
        await Store.DeleteAsync("a", Token);

        var conflict = await Assert.ThrowsAsync<StoreConflictException>(() => Store.WriteAsync("a", new byte[] { 3 }, WriteCondition.IfVersion(before!.Version), Token));

        Assert.Null(conflict.Found);
        Assert.Null(await Store.StatAsync("a", Token));
    }

    [Fact]
    public async Task IfAbsent_SixteenAtOnce_HaveOneWinner()
    {
        for (var round = 0; round < 3; round++)
        {
            var key = $"race/{round}";
            var winner = await WinnerAsync(key, WriteCondition.IfAbsent);
            Assert.Equal([(byte)winner], await ReadAsync(key));
        }
    }

    [Fact]
    public async Task IfVersion_SixteenAtOnce_HaveOneWinner()
    {
        await WriteAsync("race", [200]);
        for (var round = 0; round < 3; round++)
        {
            var standing = await Store.StatAsync("race", Token);
            var winner = await WinnerAsync("race", WriteCondition.IfVersion(standing!.Version));
            Assert.Equal([(byte)winner], await ReadAsync("race"));
            await WriteAsync("race", [200, (byte)round]);
        }
    }

    [Fact]
    public async Task IfVersion_CountersOfManyWriters_LoseNoCount()
    {
        await WriteAsync("count", "0"u8.ToArray());

        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(CountToFiveAsync, Token)));

        Assert.Equal("20", Encoding.UTF8.GetString(await ReadAsync("count")));

        async Task CountToFiveAsync()
        {
            for (var done = 0; done < 5;)
            {
                var standing = await Store.StatAsync("count", Token);
                try
                {
                    var count = int.Parse(Encoding.UTF8.GetString(await ReadAsync("count")), CultureInfo.InvariantCulture);
                    await Store.WriteAsync("count", Encoding.UTF8.GetBytes($"{count + 1}"), WriteCondition.IfVersion(standing!.Version), Token);
                    done++;
                }
                catch (StoreException others) when (others is StoreConflictException || others.IsTransient)
                {
                    // Begin again.
                }
            }
        }
    }

    [Fact]
    public async Task Condition_OnMoreThanTheLimit_IsRefused()
    {
        await using var writer = await Store.CreateAsync("a", WriteCondition.IfAbsent, Token);
        var chunk = new byte[1 << 20];
        for (var i = 0; i < ObjectStore.MaxConditionalBytes / chunk.Length; i++) await writer.Stream.WriteAsync(chunk, Token);

        var fault = await Assert.ThrowsAsync<StoreException>(async () => await writer.Stream.WriteAsync(new byte[1], Token));
        Assert.False(fault.IsTransient);
    }

    /// <summary>Sixteen write under one condition, each its own number; the one that succeeded.</summary>
    private async Task<int> WinnerAsync(string key, WriteCondition condition)
    {
        using var start = new ManualResetEventSlim();
        var racers = Enumerable.Range(1, Racers).Select(number => Task.Run(
            async () =>
            {
                await using var writer = await Store.CreateAsync(key, condition, Token);
                writer.Stream.WriteByte((byte)number);
                start.Wait(Token);
                try
                {
                    await writer.CommitAsync(Token);
                    return number;
                }
                catch (StoreConflictException)
                {
                    return 0;
                }
            },
            Token)).ToList();
        start.Set();
        return Assert.Single(await Task.WhenAll(racers), number => number != 0);
    }
}
