using System.Net;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class ParameterTests(ServedWorld served)
{
    [Theory]
    [InlineData("/v1/stickers?count=0", "count")]
    [InlineData("/v1/stickers?count=101", "count")]
    [InlineData("/v1/stickers?offset=-1", "offset")]
    [InlineData("/v1/stickers?offset=abc", "offset")]
    [InlineData("/v1/stickers?offset=99999999999", "offset")]
    [InlineData("/v1/stickers/abc", "id")]
    [InlineData("/v1/stickers/-1", "id")]
    [InlineData("/v1/stickers/1/similar?k=0", "k")]
    [InlineData("/v1/stickers/1/similar?k=201", "k")]
    [InlineData("/v1/stickers/1/similar?k=many", "k")]
    [InlineData("/v1/stickers/1/similar?space=audible", "space")]
    [InlineData("/v1/stickers/1/similar?space=7", "space")]
    [InlineData("/v1/search", "q")]
    [InlineData("/v1/search?q=", "q")]
    [InlineData("/v1/search?q=cat&k=0", "k")]
    [InlineData("/v1/tags?k=1000", "k")]
    [InlineData("/v1/search?q=cat&q=dog", "q")]
    [InlineData("/v1/similar", "like")]
    [InlineData("/v1/similar?like=x", "like")]
    [InlineData("/v1/similar?like=1&unlike=-1", "unlike")]
    [InlineData("/v1/stickers/1/similar?blend=2", "blend")]
    [InlineData("/v1/stickers/1/similar?blend=NaN", "blend")]
    [InlineData("/v1/stickers/1/similar?minScore=low", "minScore")]
    [InlineData("/v1/stickers/1/similar?collapse=yes", "collapse")]
    [InlineData("/v1/stickers/1/similar?diversify=colour", "diversify")]
    [InlineData("/v1/stickers/1/similar?pack=", "pack")]
    [InlineData("/v1/stickers/1/similar?animated=1", "animated")]
    [InlineData("/v1/stickers/1/similar?country=Japan", "country")]
    [InlineData("/v1/stickers/1/similar?createdAfter=yesterday", "createdAfter")]
    [InlineData("/v1/suggest?k=51", "k")]
    public async Task Get_BadParameter_Is400AndNamesIt(string path, string parameter)
    {
        using var response = await served.Client.GetAsync(path, TestContext.Current.CancellationToken);
        var problem = await ProblemAssert.IsProblemAsync(response, HttpStatusCode.BadRequest);
        Assert.True(problem.GetProperty("errors").TryGetProperty(parameter, out var faults), problem.ToString());
        Assert.False(string.IsNullOrEmpty(faults[0].GetString()));
        Assert.DoesNotContain("Int32", problem.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Search_TextTooLong_Is400()
    {
        using var response = await served.Client.GetAsync($"/v1/search?q={new string('a', 201)}", TestContext.Current.CancellationToken);
        await ProblemAssert.IsProblemAsync(response, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("GET", "/v2/stickers", HttpStatusCode.NotFound)]
    [InlineData("GET", "/index.html/../../etc/passwd", HttpStatusCode.NotFound)]
    [InlineData("DELETE", "/v1/status", HttpStatusCode.MethodNotAllowed)]
    [InlineData("PUT", "/v1/similar", HttpStatusCode.MethodNotAllowed)]
    public async Task Send_WhatIsNotThere_IsAProblemEvenForABrowser(string method, string path, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        request.Headers.Accept.ParseAdd("text/html");
        using var response = await served.Client.SendAsync(request, TestContext.Current.CancellationToken);
        await ProblemAssert.IsProblemAsync(response, status);
    }
}
