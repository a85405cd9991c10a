namespace MpiNet.Tests.Programs;

/// <summary>Wrong input ends at the boundary with an exception; errors of MPI itself are typed.</summary>
internal static class WrongInputChecks
{
    public static void Run(Communicator world, Checks checks)
    {
        Arguments(world, checks);
        FromMpi(world, checks);
        world.Barrier();
    }

    private static void Arguments(Communicator world, Checks checks)
    {
        var (n, rank) = (world.Size, world.Rank);
        checks.Throws<ArgumentOutOfRangeException>(() => world.Bcast<int>(new int[1], n), "a root beyond the last");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Bcast<int>(new int[1], -1), "a negative root");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Send<int>([1], n), "a destination beyond the last");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Send<int>([1], Communicator.Any), "any as destination");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Send<int>([1], 0, tag: -1), "any as the tag to send");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Recv<int>(new int[1], -2), "a negative source");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Recv<int>(new int[1], 0, -2), "a negative tag");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Allreduce<int>(new int[1], (ReduceOperation)3), "an unknown operation");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Split(-1), "a negative colour");
        checks.Throws<ArgumentOutOfRangeException>(() => world.Abort(0), "an abort that looks like success");
        checks.Throws<NotSupportedException>(() => world.Bcast<char>(new char[1], 0), "a type that MPI has not");
        checks.Throws<NotSupportedException>(() => world.Allreduce(1m, ReduceOperation.Sum), "decimal");
        checks.Throws<NotSupportedException>(() => world.Allreduce(1u, ReduceOperation.Max), "an unsigned maximum");

        checks.Throws<ArgumentException>(() => world.Allgather<int>(new int[2], new int[2 * n + 1]), "Allgather into too much");
        checks.Throws<ArgumentException>(() => world.Allgatherv<int>(new int[1], new int[n], new int[n + 1]), "Allgatherv with a count too many");
        checks.Throws<ArgumentException>(() => world.Allgatherv<int>(new int[2], new int[n], Enumerable.Repeat(1, n).ToArray()), "Allgatherv whose count of this rank is another");
        checks.Throws<ArgumentException>(() => world.Allgatherv<int>(new int[1], new int[n + 1], Enumerable.Repeat(1, n).ToArray()), "Allgatherv whose counts do not add up");
        checks.Throws<ArgumentException>(() => world.Allgatherv<int>(new int[1], new int[n], Enumerable.Repeat(-1, n).ToArray()), "Allgatherv with negative counts");
        checks.Throws<ArgumentException>(() => world.Allgatherv<byte>([], [], Enumerable.Repeat(int.MaxValue, n).ToArray()), "Allgatherv whose counts overflow");

        // What only the root can see.
        checks.Throws<ArgumentException>(() => world.Reduce<int>(new int[2], new int[1], ReduceOperation.Sum, rank), "Reduce into too little");
        checks.Throws<ArgumentException>(() => world.Gather<int>(new int[2], new int[n], rank), "Gather into too little");
        checks.Throws<ArgumentException>(() => world.Scatter<int>(new int[n], new int[2], rank), "Scatter of too little");
        checks.Throws<ArgumentException>(() => world.Gatherv<int>(new int[1], new int[n], [], rank), "Gatherv without counts");
        checks.Throws<ArgumentException>(() => world.Scatterv<int>(new int[n], [], new int[1], rank), "Scatterv without counts");
        var shared = new int[n + 1];
        checks.Throws<ArgumentException>(() => world.Gather<int>(shared.AsSpan(0, 1), shared.AsSpan(0, n), rank), "Gather onto itself");
        checks.Throws<ArgumentException>(() => world.Reduce<int>(shared, shared, ReduceOperation.Sum, rank), "Reduce onto itself");
    }

    private static void FromMpi(Communicator world, Checks checks)
    {
        if (world.Rank == 0)
        {
            world.Send<int>([1, 2, 3], 1);
            world.Send<byte>([1, 2, 3], 1, tag: 4);
        }
        else if (world.Rank == 1)
        {
            var truncated = checks.Throws<MpiException>(() => world.Recv<int>(new int[2], 0), "a buffer too short");
            checks.That(truncated.ErrorClass == MpiErrorClass.Truncate, $"its class is Truncate, not {truncated.ErrorClass}");
            checks.That(truncated.Operation == "MPI_Recv" && truncated.Message.Contains("trunc", StringComparison.OrdinalIgnoreCase), $"its words: {truncated.Message}");

            var ragged = checks.Throws<MpiException>(() => world.Probe<int>(0, 4), "three bytes as ints");
            checks.That(ragged.ErrorClass == MpiErrorClass.Datatype, "its class is Datatype");
            checks.That(world.Recv<byte>(new byte[3], 0, 4).Count == 3, "as bytes they can still be received");
        }
    }
}
