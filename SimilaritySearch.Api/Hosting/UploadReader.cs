using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;
using Stickers.Catalogue.Images;
using MediaType = Microsoft.Net.Http.Headers.MediaTypeHeaderValue;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Reads the image of a request: the raw body of an image/* request, or the part named <c>image</c> of a form.</summary>
internal static class UploadReader
{
    /// <summary>Largest body: the largest image and what a form wraps around it.</summary>
    public static readonly long MaxBodyBytes = ImageLimits.Default.MaxBytes + (64 << 10);

    /// <summary>Said when the content type is not accepted.</summary>
    public const string Accepted = "Send the image as the body with an image/* content type, or as the part 'image' of multipart/form-data.";

    /// <summary>Said when the body is too large.</summary>
    public static readonly string TooLarge = $"An image may have at most {ImageLimits.Default.MaxBytes >> 20} MiB.";

    private const string FormPart = "image";

    /// <summary>Reads the encoded image, at most <see cref="ImageLimits.MaxBytes"/>.</summary>
    /// <exception cref="RequestException">The content type, the form or the size is not accepted.</exception>
    public static Task<ReadOnlyMemory<byte>> ReadAsync(HttpRequest request, CancellationToken cancellation)
    {
        if (!MediaType.TryParse(request.ContentType, out var type))
            throw new RequestException(StatusCodes.Status415UnsupportedMediaType, Accepted);
        if (type.Type.Equals("image", StringComparison.OrdinalIgnoreCase))
            return ReadAllAsync(request.Body, request.ContentLength, cancellation);
        if (type.MediaType.Equals("multipart/form-data", StringComparison.OrdinalIgnoreCase))
            return ReadPartAsync(request, type, cancellation);
        throw new RequestException(StatusCodes.Status415UnsupportedMediaType, Accepted);
    }

    private static async Task<ReadOnlyMemory<byte>> ReadPartAsync(HttpRequest request, MediaType type, CancellationToken cancellation)
    {
        var boundary = HeaderUtilities.RemoveQuotes(type.Boundary).Value;
        if (string.IsNullOrEmpty(boundary) || boundary.Length > 70)
            throw new RequestException(StatusCodes.Status400BadRequest, "The form has no valid boundary.");
        try
        {
            var reader = new MultipartReader(boundary, request.Body);
            while (await reader.ReadNextSectionAsync(cancellation) is { } section)
            {
                if (ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition) && disposition.Name.Value?.Trim('"') == FormPart)
                    return await ReadAllAsync(section.Body, length: null, cancellation);
            }
        }
        catch (Exception e) when (e is InvalidDataException or IOException and not BadHttpRequestException)
        {
            throw new RequestException(StatusCodes.Status400BadRequest, "The form is malformed or ends too early.");
        }

        throw new RequestException(StatusCodes.Status400BadRequest, $"The form has no part named '{FormPart}'.");
    }

    private static async Task<ReadOnlyMemory<byte>> ReadAllAsync(Stream body, long? length, CancellationToken cancellation)
    {
        if (length > ImageLimits.Default.MaxBytes)
            throw new RequestException(StatusCodes.Status413PayloadTooLarge, TooLarge);
        using var buffer = new MemoryStream((int)(length ?? 0));
        var chunk = new byte[64 << 10];
        int read;
        while ((read = await body.ReadAsync(chunk, cancellation)) > 0)
        {
            if (buffer.Length + read > ImageLimits.Default.MaxBytes)
                throw new RequestException(StatusCodes.Status413PayloadTooLarge, TooLarge);
            buffer.Write(chunk, 0, read);
        }

        return buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
    }
}
