using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Stickers.SimilaritySearch.Api.Access;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>A key, as the page sends it.</summary>
/// <param name="Key">The secret, sk_….</param>
internal sealed record SessionRequest(string Key);

/// <summary>Keeps the page's key in a cookie: pictures in a page cannot send headers, and scripts must not read it.</summary>
internal static class SessionEndpoints
{
    public static Results<NoContent, ProblemHttpResult> Begin(SessionRequest session, HttpContext context, KeyRing keys)
    {
        if (session.Key is null || keys.Find(session.Key) is null)
            return TypedResults.Problem(Problems.Create(StatusCodes.Status401Unauthorized, "This key is not known, or it was revoked."));
        context.Response.Cookies.Append(AccessGate.Cookie, session.Key, Options(context));
        return TypedResults.NoContent();
    }

    public static NoContent End(HttpContext context)
    {
        context.Response.Cookies.Delete(AccessGate.Cookie, Options(context));
        return TypedResults.NoContent();
    }

    private static CookieOptions Options(HttpContext context) => new() { HttpOnly = true, SameSite = SameSiteMode.Strict, Secure = context.Request.IsHttps, Path = "/" };
}
