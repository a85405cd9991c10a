using System.Numerics;

namespace MpiNet.Tests.Programs;

/// <summary>Every rank knows by a formula what every rank holds, and so what must come out, without asking MPI.</summary>
internal static class CollectiveChecks
{
    /// <summary>None, one, a few, many; and enough for several pieces of 4 MB and a rest.</summary>
    private static readonly int[] Lengths = [0, 1, 5, 1000];

    private const int ManyPieces = (10 << 20) / sizeof(float) + 3;

    public static void Run(Communicator world, Checks checks)
    {
        checks.That(ReferenceEquals(world, Communicator.World), "the program gets the world");
        checks.That(world.Size == int.Parse(Environment.GetEnvironmentVariable("EXPECTED_SIZE")!), "the world has the size that was started");
        checks.That(Communicator.Self is { Rank: 0, Size: 1 }, "self is one rank");
        checks.That(world.Allgather(world.Rank).SequenceEqual(Enumerable.Range(0, world.Size)), "ranks count from 0");

        Moves<sbyte>(world, checks);
        Moves<byte>(world, checks);
        Moves<short>(world, checks);
        Moves<ushort>(world, checks);
        Moves<int>(world, checks);
        Moves<uint>(world, checks);
        Moves<long>(world, checks);
        Moves<ulong>(world, checks);
        Moves<float>(world, checks);
        Moves<double>(world, checks);

        foreach (var n in Lengths)
        {
            Reductions<int>(world, checks, n);
            Reductions<long>(world, checks, n);
            Reductions<float>(world, checks, n);
            Reductions<double>(world, checks, n);
        }

        Reductions<float>(world, checks, ManyPieces);
        Broadcasts<float>(world, checks, ManyPieces);
        FullRange(world, checks);
        BarrierHolds(world, checks);
    }

    private static void Moves<T>(Communicator world, Checks checks) where T : unmanaged, INumber<T>
    {
        foreach (var n in Lengths)
        {
            Broadcasts<T>(world, checks, n);
            EqualParts<T>(world, checks, n);
        }

        UnequalParts<T>(world, checks);
    }

    private static void Broadcasts<T>(Communicator world, Checks checks, int n) where T : unmanaged, INumber<T>
    {
        for (var root = 0; root < world.Size; root++)
        {
            var data = world.Rank == root ? Held<T>(root, n) : new T[n];
            world.Bcast<T>(data, root);
            checks.Same<T>(Held<T>(root, n), data, $"Bcast of {n} {typeof(T)} from {root}");
        }
    }

    private static void Reductions<T>(Communicator world, Checks checks, int n) where T : unmanaged, INumber<T>
    {
        foreach (var operation in Enum.GetValues<ReduceOperation>())
        {
            var expected = Combined<T>(world.Size, n, operation);
            var data = Held<T>(world.Rank, n);
            world.Allreduce<T>(data, operation);
            checks.Same<T>(expected, data, $"Allreduce {operation} of {n} {typeof(T)}");

            var root = n % world.Size;
            var mine = Held<T>(world.Rank, n);
            var result = new T[world.Rank == root ? n : 0];
            world.Reduce<T>(mine, result, operation, root);
            checks.Same<T>(world.Rank == root ? expected : [], result, $"Reduce {operation} of {n} {typeof(T)} to {root}");
            checks.Same<T>(Held<T>(world.Rank, n), mine, "Reduce leaves what it sends alone");
            if (n > 0)
                checks.That(world.Allreduce(mine[n - 1], operation) == expected[n - 1], $"Allreduce {operation} of one {typeof(T)}");
        }
    }

    private static void EqualParts<T>(Communicator world, Checks checks, int n) where T : unmanaged, INumber<T>
    {
        var all = Enumerable.Range(0, world.Size).SelectMany(rank => Held<T>(rank, n)).ToArray();
        var mine = Held<T>(world.Rank, n);

        var everywhere = new T[all.Length];
        world.Allgather<T>(mine, everywhere);
        checks.Same<T>(all, everywhere, $"Allgather of {n} {typeof(T)}");

        for (var root = 0; root < world.Size; root++)
        {
            var there = new T[world.Rank == root ? all.Length : 0];
            world.Gather<T>(mine, there, root);
            checks.Same<T>(world.Rank == root ? all : [], there, $"Gather of {n} {typeof(T)} to {root}");

            var part = new T[n];
            world.Scatter<T>(world.Rank == root ? all : [], part, root);
            checks.Same<T>(mine, part, $"Scatter of {n} {typeof(T)} from {root}");
        }
    }

    private static void UnequalParts<T>(Communicator world, Checks checks) where T : unmanaged, INumber<T>
    {
        // The first rank has nothing, each other one more than a multiple of its number.
        var counts = Enumerable.Range(0, world.Size).Select(rank => rank == 0 ? 0 : 3 * rank + 1).ToArray();
        var all = counts.SelectMany((n, rank) => Held<T>(rank, n)).ToArray();
        var mine = Held<T>(world.Rank, counts[world.Rank]);

        var everywhere = new T[all.Length];
        world.Allgatherv<T>(mine, everywhere, counts);
        checks.Same<T>(all, everywhere, $"Allgatherv of {typeof(T)}");

        for (var root = 0; root < world.Size; root++)
        {
            var there = new T[world.Rank == root ? all.Length : 0];
            world.Gatherv<T>(mine, there, world.Rank == root ? counts : [], root);
            checks.Same<T>(world.Rank == root ? all : [], there, $"Gatherv of {typeof(T)} to {root}");

            var part = new T[counts[world.Rank]];
            world.Scatterv<T>(world.Rank == root ? all : [], world.Rank == root ? counts : [], part, root);
            checks.Same<T>(mine, part, $"Scatterv of {typeof(T)} from {root}");
        }
    }

    /// <summary>The types are what they say: the ends of their ranges are compared and summed as such.</summary>
    private static void FullRange(Communicator world, Checks checks)
    {
        Ends<int>(world, checks);
        Ends<long>(world, checks);
        Ends<float>(world, checks);
        Ends<double>(world, checks);

        // Fractions tell the floats from integers of their size.
        checks.That(world.Allreduce(0.25f, ReduceOperation.Sum) == 0.25f * world.Size, "sum of float");
        checks.That(world.Allreduce(0.125, ReduceOperation.Sum) == 0.125 * world.Size, "sum of double");
    }

    private static void Ends<T>(Communicator world, Checks checks) where T : unmanaged, INumber<T>, IMinMaxValue<T>
    {
        var mine = world.Rank == world.Size - 1 ? T.MaxValue : T.MinValue;
        checks.That(world.Allreduce(mine, ReduceOperation.Max) == T.MaxValue, $"maximum of {typeof(T)}");
        checks.That(world.Allreduce(mine, ReduceOperation.Min) == (world.Size == 1 ? T.MaxValue : T.MinValue), $"minimum of {typeof(T)}");
    }

    /// <summary>The last rank comes late, and says when by message; nobody may have passed the barrier before.</summary>
    private static void BarrierHolds(Communicator world, Checks checks)
    {
        var late = world.Size - 1;
        var arrived = Environment.TickCount64;
        if (world.Rank == late)
            while (Environment.TickCount64 - arrived < 50) Thread.Yield();
        var entered = Environment.TickCount64; // one clock for all: the ranks of this test share a machine
        world.Barrier();
        var left = Environment.TickCount64;
        var last = world.Allreduce(entered, ReduceOperation.Max);
        checks.That(left >= last, "nobody leaves a barrier before the last has come");
    }

    /// <summary>What a rank holds: small, so that seven of them fit a signed byte.</summary>
    private static T[] Held<T>(int rank, int n) where T : INumber<T>
    {
        var held = new T[n];
        for (var i = 0; i < n; i++) held[i] = T.CreateChecked((rank * 5 + i * 7 + i / 11) % 13);
        return held;
    }

    private static T[] Combined<T>(int size, int n, ReduceOperation operation) where T : INumber<T>
    {
        var combined = Held<T>(0, n);
        for (var rank = 1; rank < size; rank++)
        {
            var other = Held<T>(rank, n);
            for (var i = 0; i < n; i++)
            {
                combined[i] = operation switch
                {
                    ReduceOperation.Sum => combined[i] + other[i],
                    ReduceOperation.Max => T.Max(combined[i], other[i]),
                    _ => T.Min(combined[i], other[i]),
                };
            }
        }

        return combined;
    }
}
