using System.Runtime.InteropServices;

namespace MpiNet.Tests.Programs;

/// <summary>Messages between every two ranks.</summary>
internal static class MessageChecks
{
    private const int LengthTag = 7;

    public static void Run(Communicator world, Checks checks)
    {
        Probing(world, checks);
        FromAnyone(world, checks);
        RoundTheRing(world, checks);
        OrderAndTags(world, checks);
        NothingThere(world, checks);
        StructsAsBytes(world, checks);
    }

    private static void Probing(Communicator world, Checks checks)
    {
        checks.That(!world.Iprobe<int>(out _), "no message before one was sent");
        world.Barrier();
        if (world.Rank == 1) world.Send<int>([3, 1, 4], 0, tag: 5);
        if (world.Rank == 0)
        {
            Message there;
            while (!world.Iprobe<int>(out there)) Thread.Yield();
            checks.That(there == new Message(1, 5, 3), "Iprobe sees the message");
            checks.That(world.Probe<int>(1, 5) == there, "Probe sees it too");
            var buffer = new int[5];
            checks.That(world.Recv<int>(buffer, 1, 5) == there, "Recv says what came");
            checks.Same<int>([3, 1, 4, 0, 0], buffer, "Recv fills and leaves the rest alone");
            checks.That(!world.Iprobe<int>(out _), "no message after it was received");
        }

        world.Barrier();
    }

    /// <summary>All send to rank 0, lengths unknown to it; it probes for anyone and finds each once.</summary>
    private static void FromAnyone(Communicator world, Checks checks)
    {
        if (world.Rank > 0)
        {
            world.Send<double>(Enumerable.Range(0, 1000 * world.Rank).Select(i => i + world.Rank / 10.0).ToArray(), 0, LengthTag + world.Rank);
            return;
        }

        var heard = new HashSet<int>();
        while (heard.Count < world.Size - 1)
        {
            var message = world.Probe<double>();
            checks.That(message.Count == 1000 * message.Source && message.Tag == LengthTag + message.Source, $"Probe of a message from {message.Source}");
            var data = new double[message.Count];
            checks.That(world.Recv<double>(data, message.Source, message.Tag) == message, "Recv gets what Probe saw");
            checks.That(data[0] == message.Source / 10.0 && data[^1] == data.Length - 1 + message.Source / 10.0, "its content");
            checks.That(heard.Add(message.Source), $"rank {message.Source} is heard once");
        }
    }

    /// <summary>Long enough not to be buffered: the even send first.</summary>
    private static void RoundTheRing(Communicator world, Checks checks)
    {
        const int n = 300_000;
        var next = (world.Rank + 1) % world.Size;
        var previous = (world.Rank + world.Size - 1) % world.Size;
        var mine = new long[n];
        mine.AsSpan().Fill(world.Rank * 1_000_000_007L);
        var theirs = new long[n];
        if (world.Rank == 0)
        {
            world.Send<long>(mine, next);
            world.Recv<long>(theirs, previous);
        }
        else
        {
            world.Recv<long>(theirs, previous);
            world.Send<long>(mine, next);
        }

        checks.That(theirs.AsSpan().IndexOfAnyExcept(previous * 1_000_000_007L) < 0, "the ring");
    }

    private static void OrderAndTags(Communicator world, Checks checks)
    {
        if (world.Rank == 1)
        {
            for (var i = 0; i < 100; i++) world.Send<int>([i], 0, tag: i % 2);
        }
        else if (world.Rank == 0)
        {
            var one = new int[1];
            for (var i = 1; i < 100; i += 2)
            {
                world.Recv<int>(one, 1, tag: 1);
                checks.That(one[0] == i, "odd ones by their tag, in order");
            }

            for (var i = 0; i < 100; i += 2)
            {
                world.Recv<int>(one, source: 1);
                checks.That(one[0] == i, "then even ones, in order");
            }
        }
    }

    private static void NothingThere(Communicator world, Checks checks)
    {
        world.Barrier();
        checks.That(!world.Iprobe<byte>(out _), "every message was received");
        world.Barrier();
        if (world.Rank == 0)
        {
            for (var other = 1; other < world.Size; other++) world.Send<byte>([], other, tag: 9);
        }
        else
        {
            checks.That(world.Recv<byte>([], 0, 9).Count == 0, "a message of nothing arrives");
        }
    }

    private static void StructsAsBytes(Communicator world, Checks checks)
    {
        var point = world.Rank == 0 ? new Point(1.5, 7) : default;
        world.Bcast(MemoryMarshal.AsBytes(new Span<Point>(ref point)), root: 0);
        checks.That(point == new Point(1.5, 7), "a struct travels as bytes");
    }

    private readonly record struct Point(double X, int Y);
}
