using System.Security.Cryptography;
using Stickers.Pipeline.Transport;

namespace Stickers.Pipeline.Tests.Transport;

/// <summary>Readers and writers of one edge in this process, over real sockets.</summary>
internal sealed class EdgeWorld : IAsyncDisposable
{
    private EdgeWorld(EdgeOptions options, ZeroMqEdgeReader[] readers, ZeroMqEdgeWriter[] writers) => (Options, Readers, Writers) = (options, readers, writers);

    public EdgeOptions Options { get; }

    public IReadOnlyList<ZeroMqEdgeReader> Readers { get; }

    public IReadOnlyList<ZeroMqEdgeWriter> Writers { get; }

    public static EdgeOptions NewOptions() => new()
    {
        Edge = "main",
        Token = RandomNumberGenerator.GetBytes(32),
        MaxFrameBytes = 1 << 20,
        CreditBytes = 4 << 20,
        Rendezvous = TimeSpan.FromSeconds(60),
        PeerDeath = TimeSpan.FromSeconds(20),
    };

    /// <param name="options">The edge's options.</param>
    /// <param name="senders">Number of writers.</param>
    /// <param name="receivers">Number of readers.</param>
    /// <param name="through">What stands between, if anything: gives the address to go to instead.</param>
    public static async Task<EdgeWorld> OpenAsync(EdgeOptions options, int senders, int receivers, Func<EdgeAddress, EdgeAddress>? through = null)
    {
        var readers = new ZeroMqEdgeReader[receivers];
        for (var i = 0; i < receivers; i++) readers[i] = await ZeroMqEdgeReader.OpenAsync(options, i, receivers, senders, "127.0.0.1");
        var addresses = readers.Select(reader => through is null ? reader.Address : through(reader.Address)).ToArray();
        return new EdgeWorld(options, readers, [.. Enumerable.Range(0, senders).Select(sender => ZeroMqEdgeWriter.Open(options, sender, senders, addresses))]);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var writer in Writers) await writer.DisposeAsync();
        foreach (var reader in Readers) await reader.DisposeAsync();
    }

    /// <summary>Bytes that can be told apart: sender, receiver, number, then what follows from them.</summary>
    public static byte[] NewFrame(int sender, int receiver, int number, int bytes)
    {
        var frame = new byte[Math.Max(12, bytes)];
        BitConverter.TryWriteBytes(frame, sender);
        BitConverter.TryWriteBytes(frame.AsSpan(4), receiver);
        BitConverter.TryWriteBytes(frame.AsSpan(8), number);
        frame.AsSpan(12).Fill((byte)(number + sender));
        return frame;
    }

    /// <summary>Reads all, checks that each sender's frames come once, whole and in order, and returns how many came of each.</summary>
    public static async Task<int[]> ReadAndCheckAsync(EdgeReader reader, int receiver, int senders, CancellationToken cancellation, Func<int, Task>? each = null)
    {
        var counts = new int[senders];
        await foreach (var frame in reader.ReadAllAsync(cancellation))
        {
            Check(frame, receiver, counts);
            if (each is not null) await each(counts.Sum());
            frame.Release();
        }

        return counts;
    }

    /// <summary>Sends frames to all receivers in turn and ends the stream.</summary>
    public static async Task WriteAsync(EdgeWriter writer, int sender, int receivers, int framesEach, Func<int, int> bytesOf, CancellationToken cancellation)
    {
        for (var number = 0; number < framesEach; number++)
        {
            for (var receiver = 0; receiver < receivers; receiver++)
                await writer.SendAsync(receiver, NewFrame(sender, receiver, number, bytesOf(number)), cancellation);
        }

        await writer.CompleteAsync(cancellation);
    }

    private static void Check(ReceivedFrame frame, int receiver, int[] counts)
    {
        var data = frame.Data.Span;
        var found = (BitConverter.ToInt32(data), BitConverter.ToInt32(data[4..]), BitConverter.ToInt32(data[8..]));
        var expected = (frame.Sender, receiver, counts[frame.Sender]++);
        if (found != expected || data[12..].IndexOfAnyExcept((byte)(found.Item3 + found.Item1)) >= 0)
            throw new InvalidDataException($"Frame {found} (sender, receiver, number) came, expected {expected} with its own bytes.");
    }
}
