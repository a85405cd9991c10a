using System.IO.Compression;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Numerics.Tensors;
using System.Text.Json;
using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Hosting;
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

    /// <summary>The answer is written by hand; the record is what the OpenAPI document and the client know.</summary>
    [Theory]
    [InlineData("k=3")]
    [InlineData("k=200&collapse=false")]
    [InlineData("k=200&collapse=true&explain=true&blend=0.3")]
    [InlineData("k=5&explain=true&space=semantic&lang=ja&country=JP")]
    public async Task Similar_Answer_IsTheRecordThatIsDescribed(string query)
    {
        var options = new JsonSerializerOptions(ApiJson.Options) { UnmappedMemberHandling = System.Text.Json.Serialization.JsonUnmappedMemberHandling.Disallow };
        foreach (var sticker in DrawnSticker.All.Take(12))
        {
            var text = await served.Client.GetStringAsync($"/v1/stickers/{sticker.Id}/similar?{query}", TestContext.Current.CancellationToken);
            var record = JsonSerializer.Deserialize<NeighbourAnswer>(text, options)!;
            Assert.NotEmpty(record.Items);
            Assert.Equal(JsonSerializer.Serialize(record, ApiJson.Options), text);
            Assert.All(record.Items, item => Assert.Equal(StickerAnswer.Of(StickerOf(item.Sticker.Id)).Title, item.Sticker.Title));
        }
    }

    private StickerRecord StickerOf(string id)
    {
        var pair = served.Lookup.Pairs.Lease()!;
        try
        {
            return pair.Visual.Snapshot.Stickers.Find(Catalogue.StickerId.TryParse(id, out var sticker) ? sticker : throw new FormatException(id))!;
        }
        finally
        {
            pair.Release();
        }
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
