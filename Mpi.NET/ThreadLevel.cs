namespace MpiNet;

/// <summary>
/// Which threads of a process may call MPI (standard, section 12.4). The values are those of <c>native/mpi_net.h</c>; its lowest, a process of
/// one thread, cannot be had in .NET.
/// </summary>
public enum ThreadLevel
{
    /// <summary>Only the thread that called <see cref="Mpi.Run(Action{Communicator}, ThreadLevel)"/>.</summary>
    Funneled = 1,

    /// <summary>Any thread, one at a time; the caller sees to that. What <c>await</c> needs.</summary>
    Serialized = 2,

    /// <summary>Any number of threads at once.</summary>
    Multiple = 3,
}
