using System.Collections.Frozen;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>The page: the files under wwwroot, which travel inside the assembly.</summary>
internal static class PageFiles
{
    private const string Prefix = "wwwroot/";

    private static readonly FrozenDictionary<string, string> ContentTypes = new Dictionary<string, string>
    {
        [".html"] = "text/html; charset=utf-8",
        [".css"] = "text/css; charset=utf-8",
        [".js"] = "text/javascript; charset=utf-8",
        [".svg"] = "image/svg+xml",
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>One route for each file, and / for the start page.</summary>
    public static void MapPage(this IEndpointRouteBuilder routes)
    {
        foreach (var resource in typeof(PageFiles).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)))
        {
            var name = resource[Prefix.Length..];
            var answer = Load(resource, ContentTypes[Path.GetExtension(name)]);
            routes.MapGet(name == "index.html" ? "/" : "/" + name, answer).ExcludeFromDescription();
        }
    }

    /// <summary>Browsers ask each time and mostly hear 304: a new version of the program never meets old scripts.</summary>
    private static Func<HttpContext, FileContentHttpResult> Load(string resource, string contentType)
    {
        using var stream = typeof(PageFiles).Assembly.GetManifestResourceStream(resource)!;
        var bytes = new byte[stream.Length];
        stream.ReadExactly(bytes);
        var tag = new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(bytes))}\"");
        return context =>
        {
            context.Response.Headers.CacheControl = "no-cache";
            return TypedResults.Bytes(bytes, contentType, entityTag: tag);
        };
    }
}
