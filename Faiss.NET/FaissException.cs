namespace Faiss;

/// <summary>What kind of failure Faiss reported. The values are those of <c>native/faiss_net.h</c>.</summary>
public enum FaissError
{
    /// <summary>An argument that the native side refused.</summary>
    InvalidArgument = -1,

    /// <summary>Faiss itself refused: too few training vectors, not trained …</summary>
    Faiss = -2,

    /// <summary>Memory could not be had.</summary>
    OutOfMemory = -3,

    /// <summary>A C++ exception that nobody foresaw.</summary>
    Unexpected = -4,

    /// <summary>This kind of index cannot do that.</summary>
    Unsupported = -5,

    /// <summary>No vector has this id.</summary>
    NotFound = -6,

    /// <summary>The file system failed.</summary>
    Io = -7,

    /// <summary>An index file is truncated or malformed.</summary>
    Corrupt = -8,
}

/// <summary>A call that Faiss refused or failed.</summary>
public sealed class FaissException : Exception
{
    /// <summary>Creates the exception.</summary>
    public FaissException(FaissError error, string message) : base(message) => Error = error;

    /// <summary>The kind of failure.</summary>
    public FaissError Error { get; }
}
