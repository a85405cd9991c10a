namespace Stickers.Cli.Tests.Launch;

/// <summary>The commands that run jobs of our own start them elsewhere as <c>run</c> does.</summary>
public sealed class JobCommandTests
{
    [Theory]
    [InlineData("backfill --catalogue c --model m --on slurm --preprocess 4 --main 2", "backfill --postprocess 0 --catalogue c --model m --preprocess 4 --main 2", 6)]
    [InlineData("embed --catalogue c --model m --on slurm --main 3 --main-nodes nodes=3,gpus=1", "embed --preprocess 0 --postprocess 0 --catalogue c --model m --main 3", 3)]
    [InlineData("train --catalogue c --model m --on slurm --main 4", "train --catalogue c --model m --main 4", 4)]
    public async Task OnSlurm_AJobOfOurs_IsAScriptThatStartsItsRanks(string command, string expected, int ranks)
    {
        var outcome = await StickersProcess.RunAsync([.. command.Split(' '), "--root", "s3://bucket/root"]);
        Assert.True(outcome.Code == 0, outcome.Error);
        Assert.Contains($" {expected} --root s3://bucket/root", outcome.Output, StringComparison.Ordinal);
        Assert.Equal(ranks, outcome.Output.Split('\n').Where(line => line.StartsWith("#SBATCH --ntasks=", StringComparison.Ordinal)).Sum(line => int.Parse(line["#SBATCH --ntasks=".Length..])));
    }

    [Theory]
    [InlineData("backfill", "preprocess,main,postprocess")]
    [InlineData("embed", "preprocess,main,postprocess")]
    [InlineData("train", "main")]
    public async Task OnKubernetes_AJobOfOurs_IsAManifestWithAGroupForEachStage(string command, string stages)
    {
        var workers = stages.Split(',').SelectMany(stage => (string[])[$"--{stage}", "1"]);
        var outcome = await StickersProcess.RunAsync([command, "--catalogue", "c", "--model", "m", "--root", "s3://bucket/root", "--on", "kubernetes", "--image", "image", .. workers]);
        Assert.True(outcome.Code == 0, outcome.Error);
        Assert.All(stages.Split(','), stage => Assert.Contains($"name: {stage}\n", outcome.Output, StringComparison.Ordinal));
        Assert.Contains($"name: stickers-{command}\n", outcome.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Train_SeveralProcessesWithoutALauncher_IsRefused()
    {
        var outcome = await StickersProcess.RunAsync("train", "--catalogue", "c", "--model", "m", "--main", "4");
        Assert.Equal(2, outcome.Code);
        Assert.Contains("--on mpirun", outcome.Error, StringComparison.Ordinal);
    }
}
