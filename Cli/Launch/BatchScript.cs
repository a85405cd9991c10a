using System.Globalization;
using System.Text;

namespace Stickers.Cli.Launch;

/// <summary>A script for Slurm's sbatch: a heterogeneous job with a component for each stage, all in one MPI world.</summary>
internal static class BatchScript
{
    /// <summary>The script, for <c>stickers … --on slurm | sbatch</c>.</summary>
    /// <param name="plan">What to start.</param>
    /// <param name="program">How this program is started, by a path that all nodes have.</param>
    public static string Of(LaunchPlan plan, IReadOnlyList<string> program)
    {
        var script = new StringBuilder("#!/bin/bash\n");
        script.Append("# One component for each stage. The ranks of all form one MPI world, in this order.\n");
        script.Append(CultureInfo.InvariantCulture, $"#SBATCH --job-name={plan.Name}\n");
        if (plan.TimeLimit is { } limit) script.Append(CultureInfo.InvariantCulture, $"#SBATCH --time={(int)Math.Ceiling(limit.TotalMinutes)}\n");
        // A node that fails or is taken away: the job starts again and goes on where it was.
        script.Append("#SBATCH --requeue\n");
        for (var i = 0; i < plan.Stages.Count; i++)
        {
            var stage = plan.Stages[i];
            if (i > 0) script.Append("#SBATCH hetjob\n");
            script.Append(CultureInfo.InvariantCulture, $"# {stage.Name}\n");
            script.Append(CultureInfo.InvariantCulture, $"#SBATCH --nodes={stage.Nodes}\n");
            script.Append(CultureInfo.InvariantCulture, $"#SBATCH --ntasks={stage.Ranks}\n");
            script.Append(CultureInfo.InvariantCulture, $"#SBATCH --ntasks-per-node={stage.RanksPerNode}\n");
            script.Append(CultureInfo.InvariantCulture, $"#SBATCH --cpus-per-task={Math.Max(1, stage.Cpus / stage.RanksPerNode)}\n");
            script.Append(CultureInfo.InvariantCulture, $"#SBATCH --mem={stage.MemoryMiB}M\n");
            if (stage.Machines.Gpus > 0) script.Append(CultureInfo.InvariantCulture, $"#SBATCH --gpus-per-node={stage.Machines.Gpus}\n");
        }

        var groups = plan.Stages.Count == 1 ? "" : $" --het-group=0-{plan.Stages.Count - 1}";
        script.Append("\nset -euo pipefail\n");
        script.Append("export TERM=dumb\n");
        script.Append(CultureInfo.InvariantCulture, $"exec srun --mpi=pmix{groups} --cpu-bind=none --kill-on-bad-exit=1 --label \\\n");
        script.Append("  ").AppendJoin(' ', program.Concat(plan.Arguments).Select(Quoted)).Append('\n');
        return script.ToString();
    }

    /// <summary>A word as the shell reads it back.</summary>
    internal static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,+@%".Contains(c, StringComparison.Ordinal)) ? word : $"'{word.Replace("'", @"'\''", StringComparison.Ordinal)}'";
}
