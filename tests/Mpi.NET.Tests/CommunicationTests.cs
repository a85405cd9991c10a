namespace MpiNet.Tests;

/// <summary>The ranks themselves check what they get (folder Programs); here they are started.</summary>
public sealed class CommunicationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Collectives_OfEveryType_GiveWhatTheFormulaSays(int ranks) => (await Job.RunAsync("collectives", ranks)).AssertChecked(ranks);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(7)]
    public async Task Messages_BetweenRanks_ArriveOnceWholeAndInOrder(int ranks) => (await Job.RunAsync("messages", ranks)).AssertChecked(ranks);

    [Theory]
    [InlineData(1)]
    [InlineData(4)]
    [InlineData(7)]
    public async Task Split_IntoParts_KeepsThemApart(int ranks) => (await Job.RunAsync("splits", ranks)).AssertChecked(ranks);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task WrongInput_Everywhere_IsRefusedAndTyped(int ranks) => (await Job.RunAsync("wrong-input", ranks)).AssertChecked(ranks);

    [Fact]
    public async Task BcastAndAllreduce_BeyondTheRangeOfInt_ReachTheLastElement() => (await Job.RunAsync("beyond-int", 2)).AssertChecked(2);

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public async Task Allreduce_OnThreadsAtOnce_IsRightAndLeavesTheRuntimeAlone(int ranks) => (await Job.RunAsync("threads", ranks)).AssertChecked(ranks);

    [Fact]
    public async Task Run_AnAsynchronousProgram_FinalizesAfterItsEnd() => (await Job.RunAsync("async", 3)).AssertChecked(3);

    [Fact]
    public async Task Run_WithoutALauncher_IsAWorldOfOne()
    {
        MpiInstallation.Default.Require();
        (await Job.RunAloneAsync(AppContext.BaseDirectory, "collectives")).AssertChecked(1);
    }
}
