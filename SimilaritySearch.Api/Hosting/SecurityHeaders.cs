using Microsoft.AspNetCore.Http;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Headers that keep a browser from doing what the page never needs. Who clears an answer to put an error in its place writes them again.</summary>
internal static class SecurityHeaders
{
    /// <summary>Everything comes from this server; blob: is the preview of a picture that the person chose.</summary>
    private const string ContentPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; manifest-src 'self'; " +
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    public static Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        Write(context.Response.Headers);
        return next(context);
    }

    public static void Write(IHeaderDictionary headers)
    {
        headers.ContentSecurityPolicy = ContentPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers.XFrameOptions = "DENY";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
    }
}
