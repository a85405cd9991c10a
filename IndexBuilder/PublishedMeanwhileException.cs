namespace Stickers.IndexBuilder;

/// <summary>Somebody else has published meanwhile, and their version is served; whoever wants another one has to decide anew.</summary>
public sealed class PublishedMeanwhileException : Exception
{
    /// <summary>Creates the exception.</summary>
    public PublishedMeanwhileException(string message, Exception cause) : base(message, cause)
    {
    }
}
