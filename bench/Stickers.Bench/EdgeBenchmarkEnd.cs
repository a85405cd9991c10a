using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Stickers.Pipeline;
using Stickers.Pipeline.Formats;
using Stickers.Pipeline.Transport;

namespace Stickers.Bench;

/// <summary>One process of <see cref="EdgeBenchmark"/>. Each item travels as its length and its bytes; an edge carries them in the frames of a job.</summary>
internal static class EdgeBenchmarkEnd
{
    public const string Word = "edge-end";
    public const string Bare = "bare TCP socket";
    public const string Tcp = "edge over TCP";
    public const string Local = "edge on one machine";

    private const int BufferBytes = 1 << 16;

    public static string[] Ways { get; } = [Bare, Tcp, Local];

    public static async Task<int> RunAsync(string[] args)
    {
        var (role, way, index, ends, itemBytes, items, token) =
            (args[0], args[1], int.Parse(args[2], CultureInfo.InvariantCulture), int.Parse(args[3], CultureInfo.InvariantCulture), int.Parse(args[4], CultureInfo.InvariantCulture), long.Parse(args[5], CultureInfo.InvariantCulture), args[6]);
        var options = new EdgeOptions { Edge = "bench", Token = Convert.FromHexString(token) };
        var item = new byte[itemBytes];
        new Random(1).NextBytes(item);
        var work = (role, way) switch
        {
            ("send", Bare) => SendBareAsync(args[7..], item, items),
            ("receive", Bare) => ReceiveBareAsync(ends, itemBytes, items),
            ("send", _) => SendEdgeAsync(options, index, ends, [.. args[7..].Select(address => EdgeAddress.Parse(address)).Select(address => way == Tcp ? address with { Local = null } : address)], item, items),
            _ => ReceiveEdgeAsync(options, index, ends, items),
        };
        var (seconds, cpu) = await work;
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{seconds:F6} {cpu:F6}"));
        return 0;
    }

    private static TimeSpan Cpu()
    {
        using var process = Process.GetCurrentProcess();
        return process.TotalProcessorTime;
    }

    private static async Task<(double Seconds, double Cpu)> SendEdgeAsync(EdgeOptions options, int sender, int ends, EdgeAddress[] addresses, byte[] item, long items)
    {
        var start = Cpu();
        await using (var writer = ZeroMqEdgeWriter.Open(options, sender, ends, addresses))
        {
            await Task.WhenAll(Enumerable.Range(0, ends).Select(receiver => Task.Run(async () =>
            {
                var frame = new FrameBuffer();
                for (var i = 0L; i < items; i++)
                {
                    frame.Add(item, ItemFormat.Bytes);
                    if (frame.Length >= FrameBuffer.FullBytes || i == items - 1) await writer.SendAsync(receiver, frame.Finish(FrameKind.Items, 0, (int)i), default);
                }
            })));
            await writer.CompleteAsync(default);
        }

        return (0, (Cpu() - start).TotalSeconds);
    }

    private static async Task<(double Seconds, double Cpu)> ReceiveEdgeAsync(EdgeOptions options, int receiver, int ends, long items)
    {
        await using var reader = await ZeroMqEdgeReader.OpenAsync(options, receiver, ends, ends, "127.0.0.1");
        Console.WriteLine(reader.Address);
        var (clock, start, seen, sum) = (new Stopwatch(), Cpu(), 0L, 0L);
        await foreach (var frame in reader.ReadAllAsync(default))
        {
            clock.Start();
            foreach (var item in FrameItems.Split(FrameHeader.Read(frame.Data.Span), frame.Data)) (seen, sum) = (seen + 1, sum + item.Span[0] + item.Span[^1]);
            frame.Release();
        }

        return Finish(clock, start, seen, items * ends, sum);
    }

    private static async Task<(double Seconds, double Cpu)> SendBareAsync(string[] addresses, byte[] item, long items)
    {
        var start = Cpu();
        await Task.WhenAll(addresses.Select(address => Task.Factory.StartNew(() =>
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPEndPoint.Parse(address));
            using var stream = new BufferedStream(new NetworkStream(socket), BufferBytes);
            Span<byte> length = stackalloc byte[sizeof(int)];
            BitConverter.TryWriteBytes(length, item.Length);
            for (var i = 0L; i < items; i++)
            {
                stream.Write(length);
                stream.Write(item);
            }
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return (0, (Cpu() - start).TotalSeconds);
    }

    private static async Task<(double Seconds, double Cpu)> ReceiveBareAsync(int ends, int itemBytes, long items)
    {
        using var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        Console.WriteLine(listener.LocalEndPoint);
        var (clock, start) = (new Stopwatch(), Cpu());
        var counts = await Task.WhenAll(Enumerable.Range(0, ends).Select(_ => Task.Factory.StartNew(() =>
        {
            using var socket = listener.Accept();
            using var stream = new BufferedStream(new NetworkStream(socket), BufferBytes);
            var item = new byte[itemBytes];
            Span<byte> length = stackalloc byte[sizeof(int)];
            var (seen, sum) = (0L, 0L);
            while (stream.ReadAtLeast(length, sizeof(int), throwOnEndOfStream: false) == sizeof(int))
            {
                if (seen == 0) clock.Start();
                stream.ReadExactly(item.AsSpan(0, BitConverter.ToInt32(length)));
                (seen, sum) = (seen + 1, sum + item[0] + item[^1]);
            }

            return (seen, sum);
        }, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)));
        return Finish(clock, start, counts.Sum(count => count.seen), items * ends, counts.Sum(count => count.sum));
    }

    private static (double Seconds, double Cpu) Finish(Stopwatch clock, TimeSpan start, long seen, long expected, long sum) =>
        seen == expected && sum > 0 ? (clock.Elapsed.TotalSeconds, (Cpu() - start).TotalSeconds) : throw new InvalidDataException($"{seen} items came, expected {expected}.");
}
