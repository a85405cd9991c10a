using System.Net.Http.Json;
using System.Text.Json;

namespace Stickers.SimilaritySearch.Api.Tests.Lookups;

public sealed class HeatMapTests(ServedWorld served)
{
    [Fact]
    public async Task Tags_Explained_TellWhereAndByWhichExamples()
    {
        // The sticker is drawn in the lower right quarter of an empty picture.
        const int side = 112;
        var small = DrawnSticker.Named("red", "square").Picture;
        var rgba = new byte[side * side * 4];
        for (var y = 0; y < side / 2; y++)
        {
            for (var x = 0; x < side / 2; x++)
                small.Rgba.AsSpan((((y * small.Height / (side / 2)) * small.Width) + (x * small.Width / (side / 2))) * 4, 4).CopyTo(rgba.AsSpan((((y + (side / 2)) * side) + x + (side / 2)) * 4));
        }

        // Another one in the upper left keeps the network from cutting the picture to the first.
        rgba.AsSpan(0, 4).Fill(255);
        using var content = NeighbourTests.Raw(Catalogue.Images.ImageDecoder.EncodePng(new Catalogue.Images.RasterImage(side, side, rgba)));
        using var response = await served.Client.PostAsync("/v1/tags?explain=true", content, TestContext.Current.CancellationToken);
        var answer = await response.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonElement>(TestContext.Current.CancellationToken);
        var heat = answer.GetProperty("heat").EnumerateArray().ToList();
        Assert.Equal(answer.GetProperty("suggestions").EnumerateArray().Take(3).Select(s => s.GetProperty("tag").GetString()), heat.Select(h => h.GetProperty("tag").GetString()));
        foreach (var map in heat)
        {
            var values = map.GetProperty("values").EnumerateArray().Select(value => value.GetSingle()).ToArray();
            Assert.Equal(49, values.Length);
            Assert.All(values, value => Assert.InRange(value, 0f, 1f));
            // What is empty decides nothing: no part of the upper right quarter touches anything that is drawn.
            Assert.All(Enumerable.Range(0, 49).Where(part => part % 7 > 3 && part / 7 < 2), part => Assert.Equal(0f, values[part]));
        }

        Assert.Contains(heat, map => map.GetProperty("values").EnumerateArray().Any(value => value.GetSingle() == 1f));
        Assert.NotEmpty(answer.GetProperty("examples").EnumerateArray());
        Assert.All(answer.GetProperty("examples").EnumerateArray(), example => Assert.NotEmpty(example.GetProperty("sticker").GetProperty("tags").EnumerateArray()));
    }
}
