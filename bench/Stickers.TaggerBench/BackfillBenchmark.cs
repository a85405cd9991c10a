namespace Stickers.TaggerBench;

/// <summary>A backfill end to end, from files or catalogue to rows on disk, against a loop in Python over the same pictures with the same network.</summary>
internal static class BackfillBenchmark
{
    private const int Rounds = 3;

    /// <param name="program"><c>stickers.dll</c>.</param>
    /// <param name="root">Root of catalogue and model.</param>
    /// <param name="catalogue">A catalogue without labels, so that every sticker goes through the network.</param>
    /// <param name="model">The model.</param>
    /// <param name="folder">What <see cref="PeerData"/> wrote of the same pictures.</param>
    public static int Run(string program, string root, string catalogue, string model, string folder)
    {
        List<Finished> ours = [], theirs = [];
        for (var round = 0; round < Rounds; round++)
        {
            var suggestions = Path.Combine(root, "suggestions", model, catalogue);
            if (Directory.Exists(suggestions)) Directory.Delete(suggestions, recursive: true);
            ours.Add(PythonPeer.RunProgram("dotnet", [program, "backfill", "--root", root, "--catalogue", catalogue, "--model", model]));
            theirs.Add(PythonPeer.Run("backfill_loop.py", folder, Path.Combine(root, "models", model, "weights.safetensors"), $"{Environment.ProcessorCount}"));
            Console.WriteLine($"round {round + 1}: stickers {Show(ours[^1])}; Python {Show(theirs[^1])} ({theirs[^1].Output})");
        }

        Console.WriteLine($"median: {Median(theirs, run => run.Seconds) / Median(ours, run => run.Seconds):F1} times as fast by the clock, {Median(theirs, run => run.CpuSeconds) / Median(ours, run => run.CpuSeconds):F1} times by CPU time");
        return 0;
    }

    private static string Show(Finished run) => FormattableString.Invariant($"{run.Seconds:F1} s, {run.CpuSeconds:F1} CPU s, {run.PeakMebibytes:F0} MiB");

    private static double Median(List<Finished> runs, Func<Finished, double> of) => runs.Select(of).Order().ElementAt(runs.Count / 2);
}
