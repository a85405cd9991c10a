namespace Stickers.SimilaritySearch.Api;

/// <summary>The API cannot start; the message says why and what to do, for the person who started it.</summary>
public sealed class ApiStartException : Exception
{
    /// <summary>Creates the exception.</summary>
    public ApiStartException(string message, Exception? inner = null) : base(message, inner)
    {
    }
}
