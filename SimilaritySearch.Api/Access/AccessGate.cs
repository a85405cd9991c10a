using Microsoft.AspNetCore.Http;
using Stickers.SimilaritySearch.Api.Hosting;

namespace Stickers.SimilaritySearch.Api.Access;

/// <summary>What an endpoint asks of its callers; without it everybody may ask: the page itself, its health, its description.</summary>
internal sealed record RequiredScope(ApiScopes Scope);

/// <summary>Lets a request through whose key allows it, within the key's rate. Without any key only this machine gets in.</summary>
internal sealed class AccessGate(KeyRing keys)
{
    /// <summary>The cookie in which the page keeps its key, out of reach of scripts.</summary>
    public const string Cookie = "stickers_key";

    /// <summary>Where the caller stands among the request's items.</summary>
    public static readonly object CallerItem = new();

    private const string Bearer = "Bearer ";

    public Task ApplyAsync(HttpContext context, RequestDelegate next)
    {
        if (keys.IsOpen && !IsLocalName(context.Request.Host.Host))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, "Without keys this server answers only under the names of this machine (localhost).");
        if (context.GetEndpoint()?.Metadata.GetMetadata<RequiredScope>() is not { } required || keys.IsOpen)
            return next(context);
        if (SecretOf(context.Request) is not { } secret || keys.Find(secret) is not { } caller)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer realm=\"stickers\"";
            return RefuseAsync(context, StatusCodes.Status401Unauthorized, "A key is needed: Authorization: Bearer sk_…");
        }

        if (!caller.Scopes.HasFlag(required.Scope))
            return RefuseAsync(context, StatusCodes.Status403Forbidden, $"This key does not allow it: '{required.Scope.ToString().ToLowerInvariant()}' is needed.");
        if (!caller.TryTake(out var seconds))
        {
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
            return RefuseAsync(context, StatusCodes.Status429TooManyRequests, "This key has asked as often as it may for now.");
        }

        context.Items[CallerItem] = caller;
        return next(context);
    }

    /// <summary>Who asks, for logs and reviews; null on an open server.</summary>
    public static Caller? CallerOf(HttpContext context) => context.Items.TryGetValue(CallerItem, out var caller) ? (Caller?)caller : null;

    /// <summary>
    /// A page elsewhere can point a name of its own at this machine, and a browser then asks us in that name. (With keys, it has none to send.)
    /// </summary>
    private static bool IsLocalName(string host) =>
        host is "127.0.0.1" or "localhost" || host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (System.Net.IPAddress.TryParse(host.Trim('[', ']'), out var address) && System.Net.IPAddress.IsLoopback(address));

    private static string? SecretOf(HttpRequest request)
    {
        var header = request.Headers.Authorization.ToString();
        if (header.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase))
            return header[Bearer.Length..].Trim();
        // A browser tells where a request comes from; the cookie counts only for our own page.
        var from = request.Headers["Sec-Fetch-Site"].ToString();
        return from is "" or "same-origin" or "none" && request.Cookies.TryGetValue(Cookie, out var secret) ? secret : null;
    }

    private static Task RefuseAsync(HttpContext context, int status, string detail) => Problems.WriteAsync(context, Problems.Create(status, detail));
}
