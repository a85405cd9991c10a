using System.Text.Json;
using Stickers.SimilaritySearch.Api.Tests.Serving;

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>Names of tags in people's languages, and tags that may not be shown everywhere, by a vocabulary in the store.</summary>
public sealed class VocabularyTests
{
    private const string Vocabulary = """
        tags:
          ring:
            names: { en: ring, ja: 指輪, de: Ring }
            aliases: { ja: [ゆびわ, リング], de: [Fingerring] }
          circle:
            names: { en: circle, ja: 丸 }
            countries: { not: [JP] }
        """;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Tags_AreNamedFoundAndSuggestedInAnyLanguage_AndHiddenByCountry()
    {
        using var world = await TestWorld.CreateAsync(Cancellation);
        using var served = await RunningHost.StartAsync(world);
        await File.WriteAllTextAsync(world.Store.PathOf("vocabulary.yaml"), Vocabulary, Cancellation);
        await served.WaitForNoticeAsync("Serving"); // the vocabulary is followed as the indexes are

        foreach (var text in (string[])["ゆび", "きれいなゆびわ", "きれいな指輪", "ﾘﾝｸﾞ", "schöner Fingerr"])
        {
            var items = await served.GetAsync($"/v1/suggest?text={Uri.EscapeDataString(text)}");
            Assert.NotEmpty(items.GetProperty("items").EnumerateArray());
            Assert.All(items.GetProperty("items").EnumerateArray(), item => Assert.Equal("ring", item.GetProperty("tag").GetString()));
        }

        var found = await served.GetAsync($"/v1/search?q={Uri.EscapeDataString("指輪")}&k=60");
        Assert.Contains(found.GetProperty("items").EnumerateArray(), item => item.GetProperty("sticker").GetProperty("key").GetString() == "drawn/red-ring" && item.GetProperty("match").GetString() == "text");
        var filtered = await served.GetAsync($"/v1/search?q=red&any={Uri.EscapeDataString("指輪")}&lang=ja");
        Assert.Equal(["drawn/red-ring"], filtered.GetProperty("items").EnumerateArray().Where(item => item.GetProperty("match").GetString() == "text").Select(item => item.GetProperty("sticker").GetProperty("key").GetString()!));

        var circle = DrawnSticker.Named("red", "circle").Id;
        Assert.Equal(["red"], Tags(await served.GetAsync($"/v1/stickers/{circle}?country=JP")));
        Assert.Equal(["red"], Tags(await served.GetAsync($"/v1/stickers/{circle}"))); // an unknown country sees what may be shown everywhere
        var shown = await served.GetAsync($"/v1/stickers/{circle}?country=de&lang=ja");
        Assert.Equal(["circle", "red"], Tags(shown).Order(StringComparer.Ordinal));
        Assert.Equal("丸", shown.GetProperty("sticker").GetProperty("tagNames").GetProperty("circle").GetString());
        Assert.Empty((await served.GetAsync("/v1/search?q=circle&country=JP")).GetProperty("items").EnumerateArray());
        Assert.NotEmpty((await served.GetAsync("/v1/search?q=circle&country=DE")).GetProperty("items").EnumerateArray());
        Assert.DoesNotContain((await served.GetAsync("/v1/suggest?text=circle&country=JP")).GetProperty("items").EnumerateArray(), item => item.GetProperty("tag").GetString() == "circle");
        Assert.DoesNotContain((await served.GetAsync("/v1/tags?k=200&country=JP")).GetProperty("items").EnumerateArray(), item => item.GetProperty("tag").GetString() == "circle");

        static IEnumerable<string> Tags(JsonElement detail) => detail.GetProperty("sticker").GetProperty("tags").EnumerateArray().Select(tag => tag.GetString()!);
    }
}
