using Stickers.Cli.Launch;

namespace Stickers.Cli.Tests.Launch;

/// <summary>Plans that several tests start from.</summary>
internal static class Plans
{
    public const string Token = "0123456789abcdef0123456789abcdef";

    /// <summary>Three stages of different shape, with an argument that a shell would take apart.</summary>
    public static LaunchPlan ThreeStages { get; } = new(
        "stickers-run",
        ["run", "/jobs/Words.dll", "--preprocess", "8", "--main", "2", "--postprocess", "1", "--root", "s3://bucket/it's here"],
        [
            new StageLayout("preprocess", 8, new NodeRequest(2, Cpus: 16, MemoryMiB: 32 * 1024, Gpus: 0)),
            new StageLayout("main", 2, new NodeRequest(2, Cpus: 8, MemoryMiB: 64 * 1024, Gpus: 1)),
            new StageLayout("postprocess", 1, NodeRequest.Default),
        ])
    {
        TimeLimit = TimeSpan.FromMinutes(90),
    };

    /// <summary>Two stages of two and one ranks that run a shell script.</summary>
    public static LaunchPlan Shell(string script) => new("shell", ["-c", script], [new StageLayout("preprocess", 2, NodeRequest.Default), new StageLayout("main", 1, NodeRequest.Default)]);
}
