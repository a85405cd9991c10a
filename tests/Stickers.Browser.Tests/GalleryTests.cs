using Microsoft.Playwright;
using Stickers.SimilaritySearch.Api.Tests;
using static Microsoft.Playwright.Assertions;

namespace Stickers.Browser.Tests;

public sealed class GalleryTests(Chromium browser)
{
    [Fact]
    public async Task Start_ShowsEveryStickerAndTheTags()
    {
        await using var window = await browser.OpenAsync();
        await Expect(window.Tiles).ToHaveCountAsync(DrawnSticker.All.Count);
        await Expect(window.Page.Locator("#chips .chip")).ToHaveCountAsync(11);
        await Expect(window.Page.Locator("#foot")).ToContainTextAsync($"{DrawnSticker.All.Count} stickers");
        await Expect(window.Page.Locator("#foot")).ToContainTextAsync(TestWorld.ModelVersion);
        await window.Tiles.Last.ScrollIntoViewIfNeededAsync();
        await window.Page.WaitForFunctionAsync("() => [...document.querySelectorAll('#results img')].every((image) => image.complete && image.naturalWidth > 0)");
        await window.ScreenshotAsync("start");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Search_AsOneTypes_ShowsTaggedThenMeant()
    {
        await using var window = await browser.OpenAsync();
        await window.Page.GetByRole(AriaRole.Searchbox).PressSequentiallyAsync("red", new() { Delay = 40 });
        await Expect(window.Page.Locator("#headline")).ToHaveTextAsync("“red”");
        await Expect(window.Page.GetByRole(AriaRole.Heading, new() { Name = "By meaning" })).ToBeVisibleAsync();
        var first = window.Page.Locator("#results .grid").First.Locator("a.tile");
        await Expect(first).ToHaveCountAsync(6);
        Assert.All(await first.Locator(".caption").AllTextContentsAsync(), caption => Assert.Contains("red", caption, StringComparison.Ordinal));
        await Expect(window.Page).ToHaveURLAsync(new System.Text.RegularExpressions.Regex("#/\\?q=red$"));
        await window.ScreenshotAsync("search");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Search_ForNothingThatExists_SaysSoAndLeadsBack()
    {
        await using var window = await browser.OpenAsync("#/?q=zeppelin");
        await Expect(window.Page.Locator(".notice")).ToContainTextAsync("Nothing found");
        await window.Page.GetByRole(AriaRole.Link, new() { Name = "Show all stickers" }).ClickAsync();
        await Expect(window.Tiles).ToHaveCountAsync(DrawnSticker.All.Count);
        await Expect(window.Page.GetByRole(AriaRole.Searchbox)).ToHaveValueAsync("");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Chip_Clicked_SearchesItsTag_AndBackShowsAll()
    {
        await using var window = await browser.OpenAsync();
        await window.Page.Locator("#chips .chip", new() { HasText = "ring" }).ClickAsync();
        await Expect(window.Page.Locator("#headline")).ToHaveTextAsync("“ring”");
        await Expect(window.Page.GetByRole(AriaRole.Searchbox)).ToHaveValueAsync("ring");
        await Expect(window.Page.Locator("#chips [aria-current]")).ToContainTextAsync("ring");
        await window.Page.GoBackAsync();
        await Expect(window.Page.Locator("#headline")).ToHaveTextAsync("All stickers");
        await Expect(window.Tiles).ToHaveCountAsync(DrawnSticker.All.Count);
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Keyboard_Alone_SearchesWalksOpensAndCloses()
    {
        await using var window = await browser.OpenAsync();
        await Expect(window.Tiles).ToHaveCountAsync(DrawnSticker.All.Count);
        var keys = window.Page.Keyboard;
        await keys.PressAsync("/");
        await Expect(window.Page.GetByRole(AriaRole.Searchbox)).ToBeFocusedAsync();
        await keys.TypeAsync("blue");
        await keys.PressAsync("Enter");
        await Expect(window.Page.Locator("#results .grid").First.Locator("a.tile")).ToHaveCountAsync(6);
        await window.Tiles.First.FocusAsync();
        await keys.PressAsync("ArrowRight");
        await Expect(window.Tiles.Nth(1)).ToBeFocusedAsync();
        var id = await window.Tiles.Nth(1).GetAttributeAsync("data-id");
        await keys.PressAsync("Enter");
        await Expect(window.Panel).ToBeVisibleAsync();
        await Expect(window.Neighbours("visual")).ToHaveCountAsync(24);
        await keys.PressAsync("Escape");
        await Expect(window.Panel).ToBeHiddenAsync();
        await Expect(window.Page.Locator($"#results a[data-id='{id}']")).ToBeFocusedAsync();
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task ServerGone_TellsSoAndOffersToTryAgain()
    {
        using var stop = new CancellationTokenSource();
        var (address, serving) = await browser.ServeAsync(stop.Token);
        await using var window = await browser.OpenAsync(address: address);
        await Expect(window.Tiles).ToHaveCountAsync(DrawnSticker.All.Count);
        await stop.CancelAsync();
        await serving;
        await window.Page.GetByRole(AriaRole.Searchbox).FillAsync("red");
        await Expect(window.Page.Locator("#results .notice")).ToContainTextAsync("The server does not answer");
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "Try again" })).ToBeVisibleAsync();
    }

    [Theory]
    [InlineData(390, 844, true)]
    [InlineData(360, 640, false)]
    public async Task Phone_NothingIsWiderThanTheScreen(int width, int height, bool dark)
    {
        await using var window = await browser.OpenAsync(width: width, height: height, dark: dark, phone: true);
        await Expect(window.Tiles).ToHaveCountAsync(DrawnSticker.All.Count);
        await AssertFitsAsync(window);
        await window.ScreenshotAsync($"phone-{width}");
        await window.Tiles.First.TapAsync();
        await Expect(window.Neighbours("visual")).ToHaveCountAsync(24);
        await Expect(window.Neighbours("semantic")).ToHaveCountAsync(24);
        await AssertFitsAsync(window);
        var left = (await window.Panel.Locator("[data-space=visual]").BoundingBoxAsync())!;
        var right = (await window.Panel.Locator("[data-space=semantic]").BoundingBoxAsync())!;
        Assert.Equal(left.Y, right.Y, 1f);
        Assert.True(right.X >= left.X + left.Width - 1);
        await window.ScreenshotAsync($"phone-{width}-sticker");
        Assert.Empty(window.Faults);
    }

    private static async Task AssertFitsAsync(Window window)
    {
        var excess = await window.Page.EvaluateAsync<int>(
            "() => Math.max(document.documentElement.scrollWidth - innerWidth, document.getElementById('panel').scrollWidth - innerWidth)");
        Assert.True(excess <= 0, $"The page is {excess} pixels too wide.");
    }
}
