using System.CommandLine;
using Stickers.Cli.Launch;

namespace Stickers.Cli.Tests.Launch;

/// <summary>A command of our own with these options, parsed as the program parses.</summary>
public sealed class LaunchOptionsTests
{
    private readonly LaunchOptions _launch;
    private readonly RootCommand _root;

    public LaunchOptionsTests()
    {
        Option<int> preprocess = new("--preprocess") { DefaultValueFactory = _ => 1 }, main = new("--main") { DefaultValueFactory = _ => 1 }, postprocess = new("--postprocess") { DefaultValueFactory = _ => 1 };
        _launch = new LaunchOptions(preprocess, main, postprocess);
        var run = new Command("run") { new Argument<string>("job"), preprocess, main, postprocess };
        foreach (var option in _launch.All) run.Add(option);
        _root = new RootCommand { GlobalOptions.Root, run };
    }

    [Fact]
    public void PlanOf_ACommandLine_KeepsWhatTheRanksNeedAndNothingElse()
    {
        var plan = _launch.PlanOf(Parse("run", "job.dll", "--on=slurm", "--preprocess", "4", "--preprocess-nodes", "nodes=2,cpus=8", "--main", "2", "--postprocess=0", "--job-name", "words", "--root", "s3://bucket/a b", "--time-limit", "2h"));
        Assert.Equal(["run", "job.dll", "--preprocess", "4", "--main", "2", "--postprocess", "0", "--root", "s3://bucket/a b"], plan.Arguments);
        Assert.Equal("words", plan.Name);
        Assert.Equal(TimeSpan.FromHours(2), plan.TimeLimit);
        Assert.Equal([new StageLayout("preprocess", 4, new NodeRequest(2, 8, null, 0)), new StageLayout("main", 2, NodeRequest.Default)], plan.Stages);
    }

    [Fact]
    public void PlanOf_WithoutOptions_HasOneRankForEachStageAndTellsThemSo()
    {
        var plan = _launch.PlanOf(Parse("--root", "data", "run", "job.dll", "--on", "mpirun"));
        Assert.Equal(["--root", "data", "run", "--preprocess", "1", "--main", "1", "--postprocess", "1", "job.dll"], plan.Arguments);
        Assert.Equal("stickers-run", plan.Name);
        Assert.Equal(["preprocess", "main", "postprocess"], plan.Stages.Select(stage => stage.Name));
        Assert.Equal(3, plan.Ranks);
    }

    [Theory]
    [InlineData("--preprocess 3 --preprocess-nodes nodes=2", "3 ranks of preprocess")]
    [InlineData("--preprocess 0 --main 0 --postprocess 0", "No stage has any ranks")]
    public void PlanOf_WhatCannotBe_IsRefused(string options, string expected)
    {
        var exception = Assert.Throws<UsageException>(() => _launch.PlanOf(Parse(["run", "job.dll", "--on", "mpirun", .. options.Split(' ')])));
        Assert.Contains(expected, exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--on docker", "docker")]
    [InlineData("--main-nodes cpus=some", "cpus=some")]
    [InlineData("--job-name Words", "--job-name")]
    [InlineData("--job-name a-name-that-is-longer-than-thirty-two", "--job-name")]
    [InlineData("--volume claim", "claim:/path")]
    [InlineData("--restarts -1", "--restarts")]
    [InlineData("--rendezvous soon", "soon")]
    [InlineData("--time-limit soon", "soon")]
    public void Parse_AWrongValue_IsAnError(string options, string expected)
    {
        var errors = _root.Parse(["run", "job.dll", .. options.Split(' ')]).Errors;
        Assert.Contains(errors, error => error.Message.Contains(expected, StringComparison.Ordinal));
    }

    private ParseResult Parse(params string[] args)
    {
        var parse = _root.Parse(args);
        Assert.Empty(parse.Errors);
        return parse;
    }
}
