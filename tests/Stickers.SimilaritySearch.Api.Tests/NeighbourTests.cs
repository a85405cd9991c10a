using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Numerics.Tensors;
using System.Text.Json;
using Stickers.Catalogue.Images;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Tests;

public sealed class NeighbourTests(ServedWorld served)
{
    [Theory]
    [InlineData("visual")]
    [InlineData("semantic")]
    public async Task Similar_OfASticker_AreTheTrueNearest(string space)
    {
        var query = DrawnSticker.Named("green", "diamond");
        var answer = await served.GetAsync($"/v1/stickers/{query.Id}/similar?space={space}&k=7");
        AssertNeighbours(answer, space, TrueNeighbours(query, space).Where(n => n.Id != query.Id.ToString()).Take(7));
    }

    [Fact]
    public async Task Similar_WithoutParameters_AreTwentyVisualOnes()
    {
        var answer = await served.GetAsync($"/v1/stickers/{DrawnSticker.All[3].Id}/similar");
        Assert.Equal("visual", answer.GetProperty("space").GetString());
        Assert.Equal(20, answer.GetProperty("items").GetArrayLength());
    }

    [Theory]
    [InlineData("visual", false)]
    [InlineData("semantic", false)]
    [InlineData("visual", true)]
    [InlineData("semantic", true)]
    public async Task Similar_ToAnUploadedSticker_FindTheStickerItselfFirst(string space, bool form)
    {
        var query = DrawnSticker.Named("yellow", "ring");
        using HttpContent content = form ? Form(query.Png) : Raw(query.Png);
        using var response = await served.Client.PostAsync($"/v1/similar?space={space}&k=5", content, TestContext.Current.CancellationToken);
        var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        AssertNeighbours(answer, space, TrueNeighbours(query, space).Take(5));
        Assert.Equal(query.Id.ToString(), answer.GetProperty("items")[0].GetProperty("sticker").GetProperty("id").GetString());
    }

    [Fact]
    public async Task Suggest_ForAnUpload_GivesTheModelsScores()
    {
        var query = DrawnSticker.Named("red", "square");
        using var content = Raw(query.Png);
        using var response = await served.Client.PostAsync("/v1/tags", content, TestContext.Current.CancellationToken);
        var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        using var model = await StickerModel.LoadAsync(served.World.Store, TestWorld.ModelVersion, TestContext.Current.CancellationToken);
        var expected = model.Suggest(served.World.Predictions[query.Id].Scores);
        Assert.NotEmpty(expected);
        var found = answer.GetProperty("suggestions").EnumerateArray().ToList();
        Assert.Equal(expected.Select(s => s.Tag), found.Select(s => s.GetProperty("tag").GetString()!));
        Assert.Equal(expected.Select(s => s.Decision.ToString().ToLowerInvariant()), found.Select(s => s.GetProperty("decision").GetString()!));
        foreach (var (e, f) in expected.Zip(found))
            Assert.Equal(e.Score, f.GetProperty("score").GetSingle(), 0.001f);
        Assert.Equal(TestWorld.ModelVersion, answer.GetProperty("model").GetString());
    }

    [Fact]
    public async Task Suggest_ForAnAnimation_PoolsItsFrames()
    {
        var samples = Path.Combine(Environment.GetEnvironmentVariable("STICKERS_TEST_DATA") ?? "", "samples.zip");
        Assert.SkipUnless(File.Exists(samples), "STICKERS_TEST_DATA names no folder with samples.zip: no animation to upload.");
        using var zip = ZipFile.OpenRead(samples);
        using var model = await StickerModel.LoadAsync(served.World.Store, TestWorld.ModelVersion, TestContext.Current.CancellationToken);
        var animations = 0;
        foreach (var entry in zip.Entries)
        {
            using var buffer = new MemoryStream();
            await using (var stream = entry.Open())
                await stream.CopyToAsync(buffer, TestContext.Current.CancellationToken);
            var file = buffer.ToArray();
            if (ImageDecoder.Identify(file).Frames == 1)
                continue;
            animations++;
            var frames = ImageDecoder.DecodeDistinctFrames(file, StickerModel.DecodeSide, 4);
            var expected = model.Predict([.. frames.Select(frame => frame.Image)]).Zip(frames, (prediction, frame) => prediction.Scores.Select(score => score * frame.Share)).Aggregate((a, b) => a.Zip(b, (x, y) => x + y)).Max();
            using var content = Raw(file, "image/*");
            using var response = await served.Client.PostAsync("/v1/tags", content, TestContext.Current.CancellationToken);
            var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
            Assert.Equal(expected, answer.GetProperty("suggestions")[0].GetProperty("score").GetSingle(), 0.001f);
        }

        Assert.NotEqual(0, animations);
    }

    internal static ByteArrayContent Raw(byte[] image, string type = "image/png")
    {
        var content = new ByteArrayContent(image);
        content.Headers.ContentType = new MediaTypeHeaderValue(type);
        return content;
    }

    internal static MultipartFormDataContent Form(byte[] image, string part = "image") =>
        new() { { new StringContent("x"), "note" }, { Raw(image), part, "sticker.png" } };

    private IEnumerable<(string Id, float Score)> TrueNeighbours(DrawnSticker query, string space)
    {
        var vector = VectorOf(served.World.Predictions[query.Id], space);
        return served.World.Predictions
            .Select(other => (other.Key.ToString(), TensorPrimitives.Dot<float>(vector, VectorOf(other.Value, space))))
            .OrderByDescending(neighbour => neighbour.Item2);
    }

    private static float[] VectorOf(Prediction prediction, string space) => space == "visual" ? prediction.Visual : prediction.Semantic;

    /// <summary>Scores decide: stickers whose true scores are equal may stand in any order.</summary>
    private void AssertNeighbours(JsonElement answer, string space, IEnumerable<(string Id, float Score)> expected)
    {
        Assert.Equal(space, answer.GetProperty("space").GetString());
        Assert.Equal(TestWorld.ModelVersion, answer.GetProperty("model").GetString());
        Assert.Equal(12, answer.GetProperty("index").GetString()!.Length);
        var found = answer.GetProperty("items").EnumerateArray()
            .Select(item => (Id: item.GetProperty("sticker").GetProperty("id").GetString()!, Score: item.GetProperty("score").GetSingle())).ToList();
        var truth = expected.ToList();
        Assert.Equal(truth.Count, found.Count);
        Assert.Equal(found.Count, found.Select(item => item.Id).Distinct().Count());
        foreach (var (e, f) in truth.Zip(found))
            Assert.Equal(e.Score, f.Score, 0.001f);
    }
}
