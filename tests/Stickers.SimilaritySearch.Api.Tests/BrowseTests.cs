using System.Net;
using System.Net.Http.Headers;
using Stickers.Catalogue.Images;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class BrowseTests(ServedWorld served)
{
    [Fact]
    public async Task Browse_PageByPage_GivesEveryStickerOnce()
    {
        var ids = new List<string>();
        for (var offset = 0; offset < DrawnSticker.All.Count; offset += 10)
        {
            var page = await served.GetAsync($"/v1/stickers?offset={offset}&count=10");
            Assert.Equal(DrawnSticker.All.Count, page.GetProperty("total").GetInt32());
            Assert.Equal(offset, page.GetProperty("offset").GetInt32());
            ids.AddRange(page.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("id").GetString()!));
        }

        Assert.Equal(DrawnSticker.All.Select(sticker => sticker.Id.ToString()).Order(), ids.Order());
    }

    [Fact]
    public async Task Browse_PastTheEnd_IsEmpty()
    {
        var page = await served.GetAsync("/v1/stickers?offset=100000");
        Assert.Empty(page.GetProperty("items").EnumerateArray());
    }

    [Fact]
    public async Task Find_TaggedSticker_TellsWhatTheCreatorGave()
    {
        var answer = await served.GetAsync($"/v1/stickers/{DrawnSticker.Named("red", "circle").Id}");
        var sticker = answer.GetProperty("sticker");
        Assert.Equal("drawn/red-circle", sticker.GetProperty("key").GetString());
        Assert.Equal("red circle", sticker.GetProperty("title").GetString());
        Assert.Equal(["red", "circle"], sticker.GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!).OrderDescending());
        Assert.Empty(sticker.GetProperty("suggestions").EnumerateArray());
        Assert.Equal(TestWorld.ModelVersion, answer.GetProperty("model").GetString());
        Assert.Equal(12, answer.GetProperty("index").GetString()!.Length);
    }

    [Fact]
    public async Task Find_UntaggedSticker_TellsScoresAndDecisions()
    {
        var answer = await served.GetAsync($"/v1/stickers/{DrawnSticker.Named(TestWorld.UntaggedColour, "ring").Id}");
        var suggestions = answer.GetProperty("sticker").GetProperty("suggestions").EnumerateArray().ToList();
        Assert.Equal(["ring", "shape"], suggestions.Select(s => s.GetProperty("tag").GetString()!));
        Assert.Equal(["accept", "review"], suggestions.Select(s => s.GetProperty("decision").GetString()!));
        Assert.Equal(0.91f, suggestions[0].GetProperty("score").GetSingle());
    }

    [Theory]
    [InlineData("/v1/stickers/12")]
    [InlineData("/v1/stickers/9999999999999999999")]
    [InlineData("/v1/stickers/12/image")]
    [InlineData("/v1/stickers/12/similar?space=semantic")]
    public async Task Get_UnknownSticker_Is404(string path)
    {
        var problem = await ProblemAssert.IsProblemAsync(await served.Client.GetAsync(path, TestContext.Current.CancellationToken), HttpStatusCode.NotFound);
        Assert.Contains("no sticker", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Image_OfASticker_IsItsThumbnail()
    {
        var sticker = DrawnSticker.Named("blue", "cross");
        using var response = await served.Client.GetAsync($"/v1/stickers/{sticker.Id}/image", TestContext.Current.CancellationToken);
        Assert.Equal("image/png", response.Content.Headers.ContentType!.MediaType);
        var bytes = await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        Assert.Equal(sticker.Picture.Rgba, ImageDecoder.Decode(bytes, 160).Rgba);
    }

    [Fact]
    public async Task Image_KnownToTheClient_Is304()
    {
        var path = $"/v1/stickers/{DrawnSticker.All[0].Id}/image";
        using var first = await served.Client.GetAsync(path, TestContext.Current.CancellationToken);
        Assert.False(first.Headers.ETag!.IsWeak);
        Assert.True(first.Headers.CacheControl!.MaxAge > TimeSpan.Zero);
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag);
        using var second = await served.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotModified, second.StatusCode);
        Assert.Equal(first.Headers.ETag, second.Headers.ETag);
        Assert.Empty(await second.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Image_WithAnotherTag_IsSentAgain()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/v1/stickers/{DrawnSticker.All[0].Id}/image");
        request.Headers.IfNoneMatch.Add(new EntityTagHeaderValue("\"other\""));
        using var response = await served.Client.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }
}
