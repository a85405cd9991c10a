using System.Diagnostics;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

public sealed class SlowReceiverTests
{
    private const int Items = 1_000_000;
    private const int ItemBytes = 200;

    /// <summary>A million items want to flow: what waits on both sides, and this process' memory, stay within the credit.</summary>
    [Fact(Timeout = 240_000)]
    public async Task Frames_ForAReceiverThatSleeps_WaitAtTheirSource()
    {
        var token = TestContext.Current.CancellationToken;
        await using var world = await EdgeWorld.OpenAsync(EdgeWorld.NewOptions() with { CreditBytes = 2 << 20 }, 1, 1);
        var (writer, reader, credit) = (world.Writers[0], world.Readers[0], world.Options.CreditBytes);
        var sent = 0;
        var frame = EdgeWorld.NewFrame(0, 0, 0, ItemBytes);
        var sending = Task.Run(async () =>
        {
            for (; sent < Items; sent++) await writer.SendAsync(0, frame, token);
            await writer.CompleteAsync(token);
        }, token);

        // Asleep: the sender fills the credit and stops.
        while (reader.HeldBytes + ItemBytes + EdgeOptions.FrameOverhead <= credit) await Task.Delay(5, token);
        var stopped = Volatile.Read(ref sent);
        var memory = WorkingSet();
        for (var i = 0; i < 20; i++)
        {
            await Task.Delay(10, token);
            Assert.Equal(stopped, Volatile.Read(ref sent));
            Assert.InRange(writer.OutstandingBytes, 1, credit);
            Assert.InRange(reader.HeldBytes, 1, credit);
        }

        // Awake, but slower than the sender: it sleeps now and then.
        var (received, most, mostMemory) = (0, 0L, 0L);
        await foreach (var item in reader.ReadAllAsync(token))
        {
            item.Release();
            if (++received % 20_000 != 0) continue;
            await Task.Delay(5, token);
            most = Math.Max(most, Math.Max(writer.OutstandingBytes, reader.HeldBytes));
            mostMemory = Math.Max(mostMemory, WorkingSet());
        }

        await sending;
        Assert.Equal(Items, received);
        Assert.InRange(most, 1, credit);
        Assert.InRange(mostMemory - memory, long.MinValue, 150 << 20);
    }

    private static long WorkingSet()
    {
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }
}
