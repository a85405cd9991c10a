using System.Text.RegularExpressions;

namespace MpiNet.Tests;

/// <summary>One rank fails while the others wait for it: the job ends soon, not with 0, and says who it was.</summary>
public sealed class FailureTests
{
    /// <summary>Open MPI takes 1 to 3 s on an idle machine; a busy one gets ten times that.</summary>
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    [Theory]
    [InlineData("throw", "System.IO.InvalidDataException: the ninth sticker is upside down")]
    [InlineData("throw-through-finally", "System.IO.InvalidDataException: thrown inside a try")]
    [InlineData("throw-after-await", "System.IO.InvalidDataException: thrown after an await")]
    [InlineData("throw-in-thread", "System.IO.InvalidDataException: thrown on another thread")]
    public async Task Exception_OnOneRank_EndsAllAndNamesIt(string program, string words)
    {
        var job = await Job.RunAsync(program, 3);
        Assert.True(job.Code == Mpi.FailureCode, $"{job}");
        Assert.True(job.Time < Soon, $"{job}");
        Assert.Matches(@"\[rank 1 of 3 on \S+, process \d+\] " + Regex.Escape(words) + @"\s+at MpiNet\.Tests\.Programs\.FailingPrograms\.", job.Error);
        Assert.Single(Regex.Matches(job.Error, @"\[rank \d"));
        await job.AssertNoSurvivorsAsync(3);
    }

    [Theory]
    [InlineData("exit-3", 3)]
    [InlineData("exit-0", Mpi.FailureCode)]
    public async Task EnvironmentExit_OnOneRank_EndsAllAndNamesIt(string program, int code)
    {
        var job = await Job.RunAsync(program, 3);
        Assert.True(job.Code == code, $"{job}");
        Assert.True(job.Time < Soon, $"{job}");
        Assert.Matches(@"\[rank 1 of 3 on \S+, process \d+\] The process was ended with exit code", job.Error);
        await job.AssertNoSurvivorsAsync(3);
    }

    [Fact]
    public async Task Abort_OnOneRank_EndsAllWithItsCode()
    {
        var job = await Job.RunAsync("abort-7", 3);
        Assert.True(job.Code == 7 && job.Time < Soon, $"{job}");
        await job.AssertNoSurvivorsAsync(3);
    }

    [Fact]
    public async Task Kill_OfOneRank_EndsAll()
    {
        var job = await Job.RunAsync("kill", 3);
        Assert.True(job.Code != 0 && job.Time < Soon, $"{job}");
        await job.AssertNoSurvivorsAsync(3);
    }

    [Fact]
    public async Task Run_ThatReturnsACode_FinalizesAndHandsItOn()
    {
        var job = await Job.RunAsync("return-code", 1);
        Assert.True(job.Code == 40, $"{job}");
    }

    [Fact]
    public async Task Run_ASecondTime_IsRefused()
    {
        var job = await Job.RunAsync("twice", 2);
        Assert.True(job.Code == 0, $"{job}");
    }
}
