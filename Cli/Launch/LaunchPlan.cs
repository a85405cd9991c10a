namespace Stickers.Cli.Launch;

/// <summary>What is to be started, whoever starts it. Knows nothing of jobs: a command line, and how many processes on which machines.</summary>
/// <param name="Name">Of the job: small letters, digits and hyphens, at most 32.</param>
/// <param name="Arguments">What follows <c>stickers</c> on every rank's command line.</param>
/// <param name="Stages">In the order of ranks: the first stage has the first. Each has one rank or more.</param>
internal sealed record LaunchPlan(string Name, IReadOnlyList<string> Arguments, IReadOnlyList<StageLayout> Stages)
{
    /// <summary>How long nodes may take to find each other.</summary>
    public TimeSpan Rendezvous { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the job may run; null for as long as it needs.</summary>
    public TimeSpan? TimeLimit { get; init; }

    public int Ranks => Stages.Sum(stage => stage.Ranks);

    /// <summary>How messages call a rank: its stage, and its number among those of its stage.</summary>
    public string NameOf(int rank)
    {
        var left = rank;
        foreach (var stage in Stages)
        {
            if (left < stage.Ranks) return $"{stage.Name} {left}";
            left -= stage.Ranks;
        }

        return $"rank {rank}";
    }
}
