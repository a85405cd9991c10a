using System.Diagnostics;

namespace MpiNet.Tests.Programs;

/// <summary>Several threads call MPI at once, and the runtime's own signals still work.</summary>
internal static class ThreadChecks
{
    public static void Run(Communicator world, Checks checks)
    {
        var parts = new[] { world.Split(0), world.Split(0), world.Split(0) };
        var wrong = new int[parts.Length];
        var threads = parts.Select((part, number) => new Thread(() =>
        {
            var data = new float[5000];
            for (var round = 0; round < 60; round++)
            {
                data.AsSpan().Fill(world.Rank + number + round);
                part.Allreduce<float>(data, ReduceOperation.Sum);
                var expected = world.Size * (number + round) + world.Size * (world.Size - 1) / 2;
                if (data.AsSpan().IndexOfAnyExcept(expected) >= 0) wrong[number]++;
            }
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        GC.Collect(2, GCCollectionMode.Forced, blocking: true, compacting: true);
        foreach (var thread in threads) thread.Join();
        checks.Same<int>(new int[parts.Length], wrong, "sums of threads with communicators of their own");
        foreach (var part in parts) part.Dispose();

        RuntimeSignals(checks);
    }

    /// <summary>.NET turns SIGSEGV and SIGFPE into exceptions and needs SIGCHLD; MPI must have left them alone.</summary>
    private static void RuntimeSignals(Checks checks)
    {
        object? nothing = checks.Held < 0 ? "" : null;
        checks.Throws<NullReferenceException>(() => _ = nothing!.GetHashCode(), "a null reference");
        var zero = checks.Held - checks.Held;
        checks.Throws<DivideByZeroException>(() => _ = 1 / zero, "a division by zero");
        using var child = Process.Start("sh", ["-c", "exit 7"]);
        child.WaitForExit();
        checks.That(child.ExitCode == 7, "exit code of a child");
    }
}
