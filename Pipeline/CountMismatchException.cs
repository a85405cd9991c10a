namespace Stickers.Pipeline;

/// <summary>Items were lost or doubled: what went in is not what was written plus what is in quarantine.</summary>
public sealed class CountMismatchException : Exception
{
    internal CountMismatchException(string message)
        : base(message)
    {
    }
}
