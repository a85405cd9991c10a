using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using MpiNet.Tests.Programs;

namespace MpiNet.Tests;

/// <summary>A run of a rank program under a launcher. Never longer than <see cref="Limit"/>: a job that hangs is killed and fails its test.</summary>
internal sealed partial record Job(int Code, string Output, string Error, TimeSpan Time)
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(120);

    /// <summary>Runs a program with the MPI that the build took.</summary>
    public static Task<Job> RunAsync(string program, int ranks)
    {
        MpiInstallation.Default.Require();
        return RunAsync(MpiInstallation.Default, AppContext.BaseDirectory, program, ranks);
    }

    /// <summary>Runs a program that lies in a folder with its own <c>libmpi_net.so</c>.</summary>
    public static Task<Job> RunAsync(MpiInstallation mpi, string folder, string program, int ranks)
    {
        var start = mpi.Launch(ranks);
        foreach (var word in new[] { "dotnet", Path.Combine(folder, "Mpi.NET.Tests.dll"), EntryPoint.RankWord, program }) start.ArgumentList.Add(word);
        start.Environment["EXPECTED_SIZE"] = ranks.ToString(CultureInfo.InvariantCulture);
        return RunAsync(start);
    }

    /// <summary>Runs a program without a launcher.</summary>
    public static Task<Job> RunAloneAsync(string folder, string program)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(folder, "Mpi.NET.Tests.dll"), EntryPoint.RankWord, program])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
        };
        start.Environment["EXPECTED_SIZE"] = "1";
        return RunAsync(start);
    }

    /// <summary>The job ended well, and each rank made the same, positive number of checks.</summary>
    public void AssertChecked(int ranks)
    {
        Assert.True(Code == 0, $"The job ended with {Code}.\n{this}");
        var reports = Report().Matches(Output).Select(match => (Checks: int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), Rank: int.Parse(match.Groups[2].Value, CultureInfo.InvariantCulture))).ToArray();
        Assert.True(reports.Select(report => report.Rank).Order().SequenceEqual(Enumerable.Range(0, ranks)), $"Ranks 0 to {ranks - 1} must report once each.\n{this}");
        Assert.All(reports, report => Assert.True(report.Checks > 0));
    }

    /// <summary>Every process that named itself is gone, within a few seconds.</summary>
    public async Task AssertNoSurvivorsAsync(int ranks)
    {
        var processes = ProcessLine().Matches(Output).Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(ranks, processes.Length);
        for (var wait = 0; wait < 50 && processes.Any(IsAlive); wait++) await Task.Delay(100, TestContext.Current.CancellationToken);
        Assert.DoesNotContain(processes, IsAlive);
    }

    public override string ToString() => $"exit code {Code} after {Time.TotalSeconds:F1} s\n-- output\n{Output}\n-- error\n{Error}";

    private static async Task<Job> RunAsync(ProcessStartInfo start)
    {
        var began = Stopwatch.GetTimestamp();
        using var process = Process.Start(start)!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Limit);
        var output = process.StandardOutput.ReadToEndAsync(limit.Token);
        var error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return new Job(process.ExitCode, await output, await error, Stopwatch.GetElapsedTime(began));
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{string.Join(' ', start.ArgumentList)} did not end within {Limit.TotalSeconds} s.");
        }
    }

    /// <summary>A zombie is dead: its parent, the launcher's, only has not looked yet.</summary>
    private static bool IsAlive(string process)
    {
        try
        {
            return !File.ReadAllText($"/proc/{process}/stat").Contains(") Z ", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false;
        }
    }

    [GeneratedRegex(@"^\s*(\d+) " + RankProgram.Passed + @" (\d+) of \d+", RegexOptions.Multiline)]
    private static partial Regex Report();

    [GeneratedRegex(@"^\s*process (\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex ProcessLine();
}
