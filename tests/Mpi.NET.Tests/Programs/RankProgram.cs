namespace MpiNet.Tests.Programs;

/// <summary>What one rank does, by the name of the program.</summary>
internal static class RankProgram
{
    /// <summary>What a rank writes, once all of its checks have held.</summary>
    public const string Passed = "checks held on rank";

    public static int Run(string name)
    {
        switch (name)
        {
            case "return-code":
                return Mpi.Run(world => 40 + world.Rank);
            case "twice":
                Mpi.Run(_ => { });
                try
                {
                    Mpi.Run(_ => { });
                    return 1;
                }
                catch (InvalidOperationException)
                {
                    return 0;
                }

            case "without":
                return WithoutMpi();
            case "async":
                return Mpi.Run(AsyncProgram.RunAsync);
            case "threads":
                Mpi.Run(Checked(ThreadChecks.Run), ThreadLevel.Multiple);
                return 0;
            default:
                Mpi.Run(name switch
                {
                    "collectives" => Checked(CollectiveChecks.Run),
                    "messages" => Checked(MessageChecks.Run),
                    "splits" => Checked(SplitChecks.Run),
                    "wrong-input" => Checked(WrongInputChecks.Run),
                    "beyond-int" => Checked(BeyondIntChecks.Run),
                    _ => world => FailingPrograms.Run(name, world),
                });
                return 0;
        }
    }

    private static Action<Communicator> Checked(Action<Communicator, Checks> program) => world =>
    {
        var checks = new Checks(world);
        program(world, checks);
        Console.WriteLine($"{checks.Held} {Passed} {world.Rank} of {world.Size} by {Mpi.LibraryVersion.Split(',', '\n')[0].Trim()}");
    };

    private static int WithoutMpi()
    {
        Console.WriteLine($"available: {Mpi.IsAvailable}, launched: {Mpi.IsLaunched}");
        try
        {
            Mpi.Run(_ => { });
        }
        catch (DllNotFoundException e)
        {
            Console.WriteLine(e.Message);
        }

        return 0;
    }
}

/// <summary>Counts what held; what does not hold ends the job with its name.</summary>
internal sealed class Checks(Communicator world)
{
    public int Held { get; private set; }

    public void That(bool holds, string what)
    {
        if (!holds) throw new InvalidOperationException($"Rank {world.Rank}: {what}");
        Held++;
    }

    public void Same<T>(ReadOnlySpan<T> expected, ReadOnlySpan<T> found, string what) where T : unmanaged, IEquatable<T>
    {
        That(expected.Length == found.Length, $"{what}: {expected.Length} elements expected, {found.Length} found");
        var at = expected.CommonPrefixLength(found);
        That(at == expected.Length, $"{what}: element {at} of {expected.Length} is {(at < found.Length ? found[at] : default)}, expected {(at < expected.Length ? expected[at] : default)}");
    }

    public TException Throws<TException>(Action action, string what) where TException : Exception
    {
        try
        {
            action();
        }
        catch (TException e)
        {
            Held++;
            return e;
        }

        throw new InvalidOperationException($"Rank {world.Rank}: {what} threw no {typeof(TException).Name}");
    }
}
