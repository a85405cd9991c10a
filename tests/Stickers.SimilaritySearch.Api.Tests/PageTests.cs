using System.Net;
using System.Text.RegularExpressions;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed partial class PageTests(ServedWorld served)
{
    [Fact]
    public async Task Page_NamesOnlyFilesThatAreServed()
    {
        var html = await served.Client.GetStringAsync("/", TestContext.Current.CancellationToken);
        var files = Local().Matches(html).Select(match => match.Groups[1].Value).Distinct().ToList();
        Assert.Contains("/js/main.js", files);
        foreach (var file in files)
        {
            using var response = await served.Client.GetAsync(file, TestContext.Current.CancellationToken);
            Assert.True(response.IsSuccessStatusCode, $"{file}: {response.StatusCode}");
        }
    }

    [Fact]
    public async Task Page_LoadsNothingFromElsewhereAndRunsNoInlineScript()
    {
        foreach (var resource in typeof(ApiHost).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("wwwroot/", StringComparison.Ordinal)))
        {
            using var reader = new StreamReader(typeof(ApiHost).Assembly.GetManifestResourceStream(resource)!);
            var text = (await reader.ReadToEndAsync(TestContext.Current.CancellationToken)).Replace("http://www.w3.org/2000/svg", "", StringComparison.Ordinal);
            Assert.DoesNotContain("://", text, StringComparison.Ordinal);
            Assert.DoesNotContain("innerHTML", text, StringComparison.Ordinal);
            Assert.DoesNotContain(" style=\"", text, StringComparison.Ordinal);
            Assert.DoesNotMatch("<script(?![^>]* src=)", text);
        }
    }

    [Fact]
    public async Task Page_Unchanged_Is304()
    {
        using var first = await served.Client.GetAsync("/js/main.js", TestContext.Current.CancellationToken);
        Assert.Equal("text/javascript", first.Content.Headers.ContentType!.MediaType);
        using var request = new HttpRequestMessage(HttpMethod.Get, "/js/main.js");
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await served.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/v1/status")]
    [InlineData("/v1/stickers/1")]
    [InlineData("/v1/stickers?count=x")]
    [InlineData("/nowhere")]
    public async Task EveryAnswer_CarriesTheSecurityHeaders(string path)
    {
        using var response = await served.Client.GetAsync(path, TestContext.Current.CancellationToken);
        string Header(string name) => string.Join(",", response.Headers.GetValues(name));
        Assert.Contains("default-src 'none'; script-src 'self'", Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", Header("Content-Security-Policy"), StringComparison.Ordinal);
        Assert.Equal("nosniff", Header("X-Content-Type-Options"));
        Assert.Equal("DENY", Header("X-Frame-Options"));
        Assert.Equal("no-referrer", Header("Referrer-Policy"));
        Assert.False(response.Headers.Contains("Server"));
    }

    [GeneratedRegex("(?:src|href)=\"(/[^\"]+)\"")]
    private static partial Regex Local();
}
