namespace MpiNet;

/// <summary>MPI's classes of errors (standard, section 8.4). The values are those of <c>native/mpi_net.h</c>.</summary>
public enum MpiErrorClass
{
    /// <summary>A class that has no name here; the text says more.</summary>
    Unknown = 0,

    /// <summary>MPI_ERR_BUFFER: an invalid buffer.</summary>
    Buffer = 1,

    /// <summary>MPI_ERR_COUNT: an invalid count.</summary>
    Count = 2,

    /// <summary>MPI_ERR_TYPE: an invalid data type.</summary>
    Datatype = 3,

    /// <summary>MPI_ERR_TAG: a tag above what this MPI allows.</summary>
    Tag = 4,

    /// <summary>MPI_ERR_COMM: an invalid communicator.</summary>
    Communicator = 5,

    /// <summary>MPI_ERR_RANK: no such rank.</summary>
    Rank = 6,

    /// <summary>MPI_ERR_ROOT: no such root.</summary>
    Root = 7,

    /// <summary>MPI_ERR_OP: an invalid operation.</summary>
    Operation = 8,

    /// <summary>MPI_ERR_ARG: another invalid argument.</summary>
    Argument = 9,

    /// <summary>MPI_ERR_TRUNCATE: a message longer than the buffer for it.</summary>
    Truncate = 10,

    /// <summary>MPI_ERR_NO_MEM: memory could not be had.</summary>
    NoMemory = 11,

    /// <summary>MPI_ERR_INTERN: an error inside MPI.</summary>
    Internal = 12,

    /// <summary>MPI_ERR_OTHER: what the text says.</summary>
    Other = 13,
}

/// <summary>A call that MPI refused or failed. After one, MPI promises nothing about later calls: let it end the job.</summary>
public sealed class MpiException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="operation">The function of the standard, e.g. <c>MPI_Recv</c>.</param>
    /// <param name="errorClass">The class of the error.</param>
    /// <param name="text">MPI's own words.</param>
    public MpiException(string operation, MpiErrorClass errorClass, string text)
        : base($"{operation}: {text}")
    {
        Operation = operation;
        ErrorClass = errorClass;
    }

    /// <summary>The function of the standard that failed, e.g. <c>MPI_Recv</c>.</summary>
    public string Operation { get; }

    /// <summary>The class of the error, the same under every MPI.</summary>
    public MpiErrorClass ErrorClass { get; }
}
