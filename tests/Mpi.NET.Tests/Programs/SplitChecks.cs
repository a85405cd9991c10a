namespace MpiNet.Tests.Programs;

/// <summary>Communicators of a part of the ranks.</summary>
internal static class SplitChecks
{
    public static void Run(Communicator world, Checks checks)
    {
        // Odd and even, in reverse order.
        var fellows = Enumerable.Range(0, world.Size).Where(rank => rank % 2 == world.Rank % 2).Reverse().ToArray();
        using (var part = world.Split(world.Rank % 2, key: -world.Rank))
        {
            checks.That(part.Size == fellows.Length, "size of the part");
            checks.That(part.Rank == Array.IndexOf(fellows, world.Rank), "rank by the key");
            checks.That(part.Allgather(world.Rank).SequenceEqual(fellows), "the part's members");
            checks.That(part.Allreduce(1, ReduceOperation.Sum) == fellows.Length, "a sum in the part alone");

            using var whole = part.Split(0);
            checks.That(whole.Rank == part.Rank && whole.Size == part.Size, "a part of a part, order kept");
        }

        var first = world.Split(world.Rank == 0 ? 0 : null);
        checks.That(first is null == world.Rank > 0, "without a colour there is no part");
        first?.Dispose();
        if (first is not null)
        {
            checks.Throws<ObjectDisposedException>(first.Barrier, "a disposed part");
            first.Dispose();
        }

        // Neither may be freed; disposing does nothing.
        world.Dispose();
        Communicator.Self.Dispose();
        world.Barrier();

        // Messages of one communicator are not seen in another.
        using (var twin = world.Split(0))
        {
            if (world.Rank == 1) world.Send<int>([1], 0, tag: 1);
            if (world.Rank == 0 && world.Size > 1)
            {
                world.Probe<int>(1, 1);
                checks.That(!twin.Iprobe<int>(out _), "a twin hears nothing of the other");
                world.Recv<int>(new int[1], 1, tag: 1);
            }
        }

        // Many, so that what is freed is used again; and some that nobody disposes, left to the collector.
        for (var i = 0; i < 100; i++)
        {
            using var many = world.Split(i % 3 == world.Rank % 3 ? 0 : 1);
            checks.That(many.Size <= world.Size, "one of many");
        }

        Forget(world);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        world.Barrier();
    }

    private static void Forget(Communicator world)
    {
        for (var i = 0; i < 20; i++) world.Split(0).Barrier();
    }
}
