using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Stickers.Catalogue.Images;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class UploadTests(ServedWorld served)
{
    public static TheoryData<string> Endpoints => ["/v1/similar", "/v1/tags"];

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Upload_OfNothing_Is422(string path) => await AssertRefusedAsync(path, NeighbourTests.Raw([]), ImageFault.Empty);

    [Theory]
    [MemberData(nameof(Endpoints))]
    public async Task Upload_OfText_Is422(string path) => await AssertRefusedAsync(path, NeighbourTests.Raw("this is no image"u8.ToArray()), ImageFault.UnknownFormat);

    [Fact]
    public async Task Upload_CutShort_Is422() =>
        await AssertRefusedAsync("/v1/similar", NeighbourTests.Raw(DrawnSticker.All[0].Png[..^30]), ImageFault.Truncated, ImageFault.Corrupt);

    [Fact]
    public async Task Upload_OfNothingButTheBeginningOfGzip_Is422() =>
        await AssertRefusedAsync("/v1/similar", NeighbourTests.Raw([0x1F, 0x8B, 0x08]), ImageFault.Truncated, ImageFault.Corrupt);

    [Fact]
    public async Task Upload_InAForm_ThatIsNoImage_Is422() =>
        await AssertRefusedAsync("/v1/tags", NeighbourTests.Form("nor is this one"u8.ToArray()), ImageFault.UnknownFormat);

    [Theory]
    [InlineData("application/json")]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/octet-stream")]
    public async Task Upload_OfAnotherContentType_Is415(string type)
    {
        using var content = NeighbourTests.Raw(DrawnSticker.All[0].Png, type);
        var problem = await PostAsync("/v1/tags", content, HttpStatusCode.UnsupportedMediaType);
        Assert.Contains("image/*", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_WithoutContentType_Is415()
    {
        using var content = new ByteArrayContent(DrawnSticker.All[0].Png);
        await PostAsync("/v1/similar", content, HttpStatusCode.UnsupportedMediaType);
    }

    [Fact]
    public async Task Upload_OfAFormWithoutImage_Is400()
    {
        using var content = NeighbourTests.Form(DrawnSticker.All[0].Png, part: "picture");
        var problem = await PostAsync("/v1/similar", content, HttpStatusCode.BadRequest);
        Assert.Contains("'image'", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    /// <summary>Once librsvg draws nothing stops it; an import has more patience than somebody who waits for an answer.</summary>
    [Fact]
    public async Task Upload_OfADrawingThatCouldTakeSeconds_IsRefusedThoughAnImportWouldTakeIt()
    {
        var drawing = """<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><filter id="f"><feMorphology operator="dilate" radius="3"/></filter><rect filter="url(#f)" x="8" y="8" width="40" height="40"/></svg>"""u8.ToArray();
        Assert.NotNull(ImageDecoder.Decode(drawing, 64));
        await AssertRefusedAsync("/v1/tags", NeighbourTests.Raw(drawing, "image/svg+xml"), ImageFault.TooComplex);
    }

    [Theory]
    [InlineData("multipart/form-data", "")]
    [InlineData("multipart/form-data; boundary=x", "no boundary in here")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nContent-Disposition: form-data; name=\"image\"\r\n\r\ncut")]
    [InlineData("multipart/form-data; boundary=x", "--x\r\nno header\r\n\r\n--x--\r\n")]
    public async Task Upload_OfABrokenForm_Is400(string type, string body)
    {
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes(body));
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(type);
        await PostAsync("/v1/similar", content, HttpStatusCode.BadRequest);
    }

    [Theory]
    [InlineData("/v1/similar", false)]
    [InlineData("/v1/tags", true)]
    public async Task Upload_LargerThan16MiB_Is413(string path, bool chunked)
    {
        using var content = NeighbourTests.Raw(new byte[ImageLimits.Default.MaxBytes + 1]);
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = content };
        request.Headers.TransferEncodingChunked = chunked;
        request.Headers.ExpectContinue = true;
        using var response = await served.Client.SendAsync(request, TestContext.Current.CancellationToken);
        var problem = await ProblemAssert.IsProblemAsync(response, HttpStatusCode.RequestEntityTooLarge);
        Assert.Contains("16 MiB", problem.GetProperty("detail").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Upload_InAForm_LargerThan16MiB_Is413()
    {
        using var content = NeighbourTests.Form(new byte[ImageLimits.Default.MaxBytes + 1]);
        await PostAsync("/v1/similar", content, HttpStatusCode.RequestEntityTooLarge);
    }

    [Fact]
    public async Task Upload_WithBadParameter_Is400BeforeTheImageIsLookedAt()
    {
        using var content = NeighbourTests.Raw([]);
        await PostAsync("/v1/similar?k=0", content, HttpStatusCode.BadRequest);
    }

    private async Task AssertRefusedAsync(string path, HttpContent content, params ImageFault[] faults)
    {
        using (content)
        {
            var problem = await PostAsync(path, content, HttpStatusCode.UnprocessableEntity);
            Assert.Contains(problem.GetProperty("fault").GetString(), faults.Select(fault => fault.ToString()));
            Assert.False(string.IsNullOrWhiteSpace(problem.GetProperty("detail").GetString()));
        }
    }

    private async Task<JsonElement> PostAsync(string path, HttpContent content, HttpStatusCode status)
    {
        using var response = await served.Client.PostAsync(path, content, TestContext.Current.CancellationToken);
        return await ProblemAssert.IsProblemAsync(response, status);
    }
}
