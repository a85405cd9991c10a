namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>An upload that is refused before anybody looks at its pixels; the message is for the client.</summary>
internal sealed class UploadException(int status, string message) : Exception(message)
{
    /// <summary>HTTP status of the answer.</summary>
    public int Status { get; } = status;
}
