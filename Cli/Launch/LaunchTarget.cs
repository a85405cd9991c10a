namespace Stickers.Cli.Launch;

/// <summary>What starts the processes of a job.</summary>
internal enum LaunchTarget
{
    /// <summary>Nothing: all stages run in this process.</summary>
    Local,

    /// <summary>Open MPI's mpirun, on this machine.</summary>
    Mpirun,

    /// <summary>Kubernetes with JobSet.</summary>
    Kubernetes,

    /// <summary>Slurm.</summary>
    Slurm,
}
