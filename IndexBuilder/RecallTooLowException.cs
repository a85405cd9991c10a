namespace Stickers.IndexBuilder;

/// <summary>An index was not published because it misses too many true neighbours; retrying does not help.</summary>
public sealed class RecallTooLowException : Exception
{
    /// <summary>Creates the exception.</summary>
    public RecallTooLowException(string message) : base(message)
    {
    }
}
