namespace MpiNet;

/// <summary>How elements of several ranks become one. The values are those of <c>native/mpi_net.h</c>.</summary>
public enum ReduceOperation
{
    /// <summary>MPI_SUM. The order of the additions is MPI's, so the last bits of floats may differ between layouts.</summary>
    Sum = 0,

    /// <summary>MPI_MAX.</summary>
    Max = 1,

    /// <summary>MPI_MIN.</summary>
    Min = 2,
}
