using Microsoft.Playwright;
using Stickers.SimilaritySearch.Api.Reviewing;
using Stickers.SimilaritySearch.Api.Tests;
using static Microsoft.Playwright.Assertions;

namespace Stickers.Browser.Tests;

/// <summary>Filters, blend, explanations, the map and the review queue.</summary>
public sealed class ViewTests(Chromium browser)
{
    [Fact]
    public async Task Filters_SetInTheForm_LimitSearchAndNeighboursAndStandInTheAddress()
    {
        await using var window = await browser.OpenAsync("#/?q=red");
        await Expect(window.Tiles.First).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Filters" }).ClickAsync();
        await window.Page.GetByLabel("Pack").FillAsync("round");
        await window.Page.GetByLabel("Without the tags").FillAsync("ring, zeppelin");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Page.Locator("#filter-count")).ToHaveTextAsync("3");
        await Expect(window.Page.Locator("#results .grid").First.Locator("a.tile")).ToHaveCountAsync(1);
        Assert.Contains("pack=round", window.Page.Url, StringComparison.Ordinal);
        await window.Tiles.First.ClickAsync();
        await Expect(window.Panel.Locator("h2")).ToHaveTextAsync("red circle");
        await Expect(window.Panel).ToContainTextAsync("3 filters set");
        await Expect(window.Neighbours("visual").First).ToBeVisibleAsync();
        Assert.All(await window.Neighbours("visual").AllTextContentsAsync(), label => Assert.DoesNotContain("ring", label, StringComparison.Ordinal));
        await window.ScreenshotAsync("filters");
        await window.Page.Keyboard.PressAsync("Escape");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Clear", Exact = true }).ClickAsync();
        await Expect(window.Page.Locator("#filter-count")).ToBeHiddenAsync();
        await Expect(window.Page.Locator("#results .grid").First.Locator("a.tile")).Not.ToHaveCountAsync(1);
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Filters_ByAllTagsAndDate_LimitSearchUntilNothingIsLeft()
    {
        await using var window = await browser.OpenAsync("#/?q=green");
        await Expect(window.Tiles.First).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Filters" }).ClickAsync();
        await window.Page.GetByLabel("With all tags of").FillAsync("green, diamond");
        await window.Page.GetByLabel("Created after").FillAsync("2020-01-01");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(window.Page.Locator("#filter-count")).ToHaveTextAsync("3");
        await Expect(window.Tiles).ToHaveCountAsync(1);
        Assert.Contains("createdAfter=2020-01-01", window.Page.Url, StringComparison.Ordinal);
        Assert.True(await window.Page.EvaluateAsync<bool>("() => [...document.querySelectorAll('#filters *')].every(e => e.getBoundingClientRect().right <= document.querySelector('#filters').getBoundingClientRect().right + 1)"));
        await window.ScreenshotAsync("filters-by-date");
        await window.Page.GetByLabel("Created after").FillAsync("2025-01-01");
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "Apply" }).ClickAsync();
        await Expect(window.Tiles).ToHaveCountAsync(0);
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Blend_MovedByKeyboard_ShowsBothWeighedAndExplained()
    {
        await using var window = await browser.OpenAsync($"#/sticker/{DrawnSticker.Named("green", "ring").Id}");
        await Expect(window.Neighbours("semantic").First).ToBeVisibleAsync();
        await window.Panel.GetByLabel("Explain").CheckAsync();
        await Expect(window.Neighbours("visual").First.Locator(".reasons")).ToContainTextAsync("looks");
        await window.Panel.GetByLabel("Weigh looks against meaning").FocusAsync();
        await window.Page.Keyboard.PressAsync("ArrowRight");
        await Expect(window.Panel.Locator("output")).ToHaveTextAsync("55 % meaning");
        await Expect(window.Neighbours("blend").First.Locator(".reasons")).ToContainTextAsync("means");
        await window.ScreenshotAsync("blend");
        Assert.Empty(window.Faults);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Map_ByKeyboardAndPointer_OpensStickers(bool dark)
    {
        await using var window = await browser.OpenAsync("#/map", dark: dark);
        var sky = window.Page.Locator("canvas.sky");
        await Expect(window.Page.Locator("#map .state")).ToHaveTextAsync($"{DrawnSticker.All.Count} of {DrawnSticker.All.Count} stickers");
        await Expect(sky).ToHaveAttributeAsync("data-pictures", $"{DrawnSticker.All.Count}");
        await sky.FocusAsync();
        await window.Page.Keyboard.PressAsync("+");
        await window.Page.Keyboard.PressAsync("+");
        await Expect(sky).Not.ToHaveAttributeAsync("data-pictures", $"{DrawnSticker.All.Count}");
        await window.ScreenshotAsync(dark ? "map-dark" : "map");
        await window.Page.Keyboard.PressAsync("0");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Panel).ToBeVisibleAsync();
        await Expect(window.Panel.Locator("h2")).Not.ToHaveTextAsync("Loading …");
        await window.Page.Keyboard.PressAsync("Escape");
        await Expect(window.Panel).ToBeHiddenAsync();
        await Expect(sky).ToBeVisibleAsync();
        await window.Page.GetByRole(AriaRole.Button, new() { Name = "By meaning" }).ClickAsync();
        await Expect(window.Page.GetByRole(AriaRole.Button, new() { Name = "By meaning" })).ToHaveAttributeAsync("aria-pressed", "true");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Review_ByKeyboard_IsKeptAndCanBeTakenBack()
    {
        using var world = await TestWorld.CreateAsync(TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var (address, serving) = await Chromium.ServeAsync(world, stop.Token);
        await using var window = await browser.OpenAsync("#/review", address: address);
        var keys = window.Page.Keyboard;
        await Expect(window.Page.Locator("#question")).ToContainTextAsync("shape");
        await Expect(window.Page.Locator("#review .state")).ToHaveTextAsync("6 wait · 0 decided now");
        await keys.PressAsync("a");
        await Expect(window.Page.Locator("#review-fault")).ToHaveTextAsync("Say first who decides.");
        await window.Page.Locator("#reviewer").FillAsync("Zoë");
        await window.Page.Locator("#reviewer").BlurAsync();
        await keys.PressAsync("a");
        await Expect(window.Page.Locator("#review .state")).ToHaveTextAsync("5 wait · 1 decided now");
        await keys.PressAsync("u");
        await keys.PressAsync("r");
        await keys.PressAsync("s");
        await keys.PressAsync("r");
        await Expect(window.Page.Locator("#review .state")).ToHaveTextAsync("4 wait · 2 decided now");
        await window.ScreenshotAsync("review");
        IReadOnlyList<ReviewLabel> labels = [];
        for (var tries = 0; tries < 100 && labels.Count < 2; tries++)
        {
            await Task.Delay(50, TestContext.Current.CancellationToken);
            labels = await Reviews.LabelsAsync(world.Store, "drawn", TestContext.Current.CancellationToken);
        }

        Assert.Equal(["reject", "reject"], labels.Select(label => label.Decision));
        Assert.All(labels, label => Assert.Equal("Zoë", label.Reviewer));
        Assert.Empty(window.Faults);
        await stop.CancelAsync();
        await serving;
    }

    [Fact]
    public async Task Key_WhenTheServerWantsOne_IsAskedForOnceAndKeptFromScripts()
    {
        using var world = await TestWorld.CreateAsync(TestContext.Current.CancellationToken);
        var (_, secret) = await SimilaritySearch.Api.Access.ApiKeys.AddAsync(world.Store, "page", SimilaritySearch.Api.Access.ApiScopes.Read, 0, TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var (address, serving) = await Chromium.ServeAsync(world, stop.Token);
        await using var window = await browser.OpenAsync(address: address);
        var ask = window.Page.Locator("dialog.ask");
        await Expect(ask).ToHaveCountAsync(1);
        await window.Page.GetByLabel("Your key").FillAsync("sk_00000000_wrong");
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(ask.GetByRole(AriaRole.Alert)).ToContainTextAsync("not known");
        await window.ScreenshotAsync("key");
        await window.Page.GetByLabel("Your key").FillAsync(secret);
        await window.Page.Keyboard.PressAsync("Enter");
        await Expect(window.Tiles).ToHaveCountAsync(DrawnSticker.All.Count);
        await Expect(ask).ToHaveCountAsync(0);
        Assert.True(await window.Tiles.First.Locator("img").EvaluateAsync<bool>("img => img.decode().then(() => img.naturalWidth > 0)"));
        Assert.Equal("", await window.Page.EvaluateAsync<string>("() => document.cookie"));
        await stop.CancelAsync();
        await serving;
    }

    [Theory]
    [InlineData("#/map")]
    [InlineData("#/review")]
    public async Task Phone_OtherViews_AreNotWiderThanTheScreen(string path)
    {
        await using var window = await browser.OpenAsync(path, width: 360, height: 700, phone: true);
        await Expect(window.Page.Locator("canvas.sky, .case").First).ToBeVisibleAsync();
        Assert.True(await window.Page.EvaluateAsync<int>("() => document.documentElement.scrollWidth - innerWidth") <= 0);
        await window.ScreenshotAsync("phone-" + path[2..]);
    }
}
