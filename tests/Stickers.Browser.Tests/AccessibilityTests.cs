using System.Text.Json;
using Stickers.SimilaritySearch.Api.Tests;
using static Microsoft.Playwright.Assertions;

namespace Stickers.Browser.Tests;

/// <summary>The page by the rules of axe-core: roles, names, contrast, order. It is only borrowed for tests and never served.</summary>
public sealed class AccessibilityTests(Chromium browser)
{
    /// <summary>Where scripts/setup.sh puts it.</summary>
    private static readonly string Axe = Path.Combine(
        Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } cache ? cache : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache"),
        "stickers-test", "node_modules", "axe-core", "axe.min.js");

    public static TheoryData<string, bool> Views
    {
        get
        {
            var views = new TheoryData<string, bool>();
            foreach (var path in (string[])["", "#/?q=red", "#/?q=nothing at all", "sticker", "untagged", "#/map", "#/review"])
            {
                views.Add(path, false);
                views.Add(path, true);
            }

            return views;
        }
    }

    [Theory]
    [MemberData(nameof(Views))]
    public async Task View_InBothSchemes_BreaksNoRule(string path, bool dark)
    {
        Assert.SkipUnless(File.Exists(Axe), $"There is no axe-core at {Axe}; scripts/setup.sh test brings it (npm).");
        var address = path switch
        {
            "sticker" => $"#/sticker/{DrawnSticker.Named("red", "ring").Id}",
            "untagged" => $"#/sticker/{DrawnSticker.Named(TestWorld.UntaggedColour, "ring").Id}",
            _ => path,
        };
        await using var window = await browser.OpenAsync(address, dark: dark);
        await Expect(window.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await Expect(window.Page.Locator("#foot span").First).ToBeVisibleAsync();
        await AssertNoRuleIsBrokenAsync(window);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task PanelOfAnUpload_InBothSchemes_BreaksNoRule(bool dark)
    {
        Assert.SkipUnless(File.Exists(Axe), $"There is no axe-core at {Axe}; scripts/setup.sh test brings it (npm).");
        await using var window = await browser.OpenAsync(dark: dark);
        await window.DropAsync("mine.png", "image/png", DrawnSticker.Named("red", "ring").Png);
        await Expect(window.Panel).ToBeVisibleAsync();
        await Expect(window.Neighbours("visual").First).ToBeVisibleAsync();
        await Expect(window.Page.Locator("[aria-busy=true]")).ToHaveCountAsync(0);
        await AssertNoRuleIsBrokenAsync(window);
    }

    private static async Task AssertNoRuleIsBrokenAsync(Window window)
    {
        await window.Page.EvaluateAsync(await File.ReadAllTextAsync(Axe, TestContext.Current.CancellationToken));
        var result = await window.Page.EvaluateAsync<JsonElement>("() => axe.run({ resultTypes: ['violations', 'passes'] })");
        var broken = result.GetProperty("violations").EnumerateArray().Select(rule =>
            $"{rule.GetProperty("id").GetString()}: {string.Join(" | ", rule.GetProperty("nodes").EnumerateArray().Select(node => node.GetProperty("html").GetString() + " " + node.GetProperty("failureSummary").GetString()))}").ToList();
        Assert.True(broken.Count == 0, string.Join("\n", broken));
        Assert.True(result.GetProperty("passes").GetArrayLength() > 5);
    }
}
