using System.Diagnostics;
using Stickers.Cli.Launch;

namespace Stickers.Cli.Tests.Launch;

public sealed class BatchScriptTests
{
    private const string Golden = """
        #!/bin/bash
        # One component for each stage. The ranks of all form one MPI world, in this order.
        #SBATCH --job-name=stickers-run
        #SBATCH --time=90
        #SBATCH --requeue
        # preprocess
        #SBATCH --nodes=2
        #SBATCH --ntasks=8
        #SBATCH --ntasks-per-node=4
        #SBATCH --cpus-per-task=4
        #SBATCH --mem=32768M
        #SBATCH hetjob
        # main
        #SBATCH --nodes=2
        #SBATCH --ntasks=2
        #SBATCH --ntasks-per-node=1
        #SBATCH --cpus-per-task=8
        #SBATCH --mem=65536M
        #SBATCH --gpus-per-node=1
        #SBATCH hetjob
        # postprocess
        #SBATCH --nodes=1
        #SBATCH --ntasks=1
        #SBATCH --ntasks-per-node=1
        #SBATCH --cpus-per-task=1
        #SBATCH --mem=4096M

        set -euo pipefail
        export TERM=dumb
        exec srun --mpi=pmix --het-group=0-2 --cpu-bind=none --kill-on-bad-exit=1 --label \
          '/opt/my stickers/stickers' run /jobs/Words.dll --preprocess 8 --main 2 --postprocess 1 --root 's3://bucket/it'\''s here'

        """;

    private static string Script => BatchScript.Of(Plans.ThreeStages, ["/opt/my stickers/stickers"]);

    [Fact]
    public void Of_ThreeStages_IsAHeterogeneousJob() => Assert.Equal(Golden, Script);

    [Fact]
    public void Of_OneStage_IsAnOrdinaryJob()
    {
        var plan = Plans.ThreeStages with { Stages = [Plans.ThreeStages.Stages[1]], TimeLimit = null };
        var script = BatchScript.Of(plan, ["stickers"]);
        Assert.DoesNotContain("het", script, StringComparison.Ordinal);
        Assert.DoesNotContain("--time", script, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Script_ReadByBash_IsWellFormed()
    {
        var (code, _) = await BashAsync(Script, "-n");
        Assert.Equal(0, code);
    }

    [Fact]
    public async Task Script_RunByBash_StartsEachRankWithTheVeryWords()
    {
        // In place of srun, something that says what it was given.
        var (code, said) = await BashAsync($"srun() {{ printf '<%s>' \"$@\"; }}\n{Script.Replace("exec srun", "srun", StringComparison.Ordinal)}");
        Assert.Equal(0, code);
        Assert.EndsWith("<--label></opt/my stickers/stickers><run></jobs/Words.dll><--preprocess><8><--main><2><--postprocess><1><--root><s3://bucket/it's here>", said, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> BashAsync(string script, params string[] options)
    {
        using var bash = Process.Start(new ProcessStartInfo("bash", options) { RedirectStandardInput = true, RedirectStandardOutput = true })!;
        await bash.StandardInput.WriteAsync(script);
        bash.StandardInput.Close();
        var said = await bash.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await bash.WaitForExitAsync(TestContext.Current.CancellationToken);
        return (bash.ExitCode, said);
    }
}
