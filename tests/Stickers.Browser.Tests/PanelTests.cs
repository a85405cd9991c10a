using System.Text.RegularExpressions;
using Microsoft.Playwright;
using Stickers.SimilaritySearch.Api.Tests;
using static Microsoft.Playwright.Assertions;

namespace Stickers.Browser.Tests;

public sealed class PanelTests(Chromium browser)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Click_OnASticker_ShowsItsTagsAndBothKindsOfNeighbours(bool dark)
    {
        var sticker = DrawnSticker.Named("green", "ring");
        await using var window = await browser.OpenAsync(dark: dark);
        await window.Page.Locator($"#results a[data-id='{sticker.Id}']").ClickAsync();
        await Expect(window.Panel).ToBeVisibleAsync();
        await Expect(window.Panel.Locator("h2")).ToHaveTextAsync("green ring");
        await Expect(window.Panel.Locator("[data-kind=creator] a")).ToHaveCountAsync(2);
        await Expect(window.Panel.Locator("[data-kind=suggested]")).ToHaveCountAsync(0);
        foreach (var space in (string[])["visual", "semantic"])
        {
            await Expect(window.Neighbours(space)).ToHaveCountAsync(24);
            await Expect(window.Panel.Locator($"[data-space={space}] a[data-id='{sticker.Id}']")).ToHaveCountAsync(0);
            var scores = (await window.Neighbours(space).Locator(".score").AllTextContentsAsync()).Select(text => double.Parse(text, System.Globalization.CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(scores.OrderDescending(), scores);
        }

        await Expect(window.Page).ToHaveURLAsync(new Regex($"#/sticker/{sticker.Id}$"));
        await window.ScreenshotAsync(dark ? "sticker-dark" : "sticker");

        // On to a neighbour, and back twice: sticker, then grid.
        var next = (await window.Neighbours("semantic").First.GetAttributeAsync("data-id"))!;
        await window.Neighbours("semantic").First.ClickAsync();
        await Expect(window.Page).ToHaveURLAsync(new Regex($"#/sticker/{next}$"));
        await Expect(window.Panel.Locator("h2")).Not.ToHaveTextAsync("green ring");
        await window.Page.GoBackAsync();
        await Expect(window.Panel.Locator("h2")).ToHaveTextAsync("green ring");
        await window.Page.GoBackAsync();
        await Expect(window.Panel).ToBeHiddenAsync();
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Click_OnAnUntaggedSticker_TellsSuggestionsApartWithScores()
    {
        var sticker = DrawnSticker.Named(TestWorld.UntaggedColour, "cross");
        await using var window = await browser.OpenAsync();
        await window.Page.Locator($"#results a[data-id='{sticker.Id}']").ClickAsync();
        await Expect(window.Panel).ToContainTextAsync("The creator gave none.");
        var suggestions = window.Panel.Locator("[data-kind=suggested] a");
        await Expect(suggestions).ToHaveCountAsync(2);
        await Expect(suggestions.Nth(0)).ToContainTextAsync("cross");
        await Expect(suggestions.Nth(0)).ToContainTextAsync("91 %");
        await Expect(suggestions.Nth(1)).ToContainTextAsync("review");
        await suggestions.Nth(0).ClickAsync();
        await Expect(window.Panel).ToBeHiddenAsync();
        await Expect(window.Page.Locator("#headline")).ToHaveTextAsync("“cross”");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Link_ToASticker_OpensItOverTheSearch_AndTheBackdropClosesIt()
    {
        var sticker = DrawnSticker.Named("red", "square");
        await using var window = await browser.OpenAsync($"#/sticker/{sticker.Id}?q=red");
        await Expect(window.Panel.Locator("h2")).ToHaveTextAsync("red square");
        await Expect(window.Page).ToHaveTitleAsync("red square · Stickers");
        await window.Page.Mouse.ClickAsync(5, 400);
        await Expect(window.Panel).ToBeHiddenAsync();
        await Expect(window.Page.Locator("#headline")).ToHaveTextAsync("“red”");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Link_ToAStickerThatIsGone_SaysSo()
    {
        await using var window = await browser.OpenAsync("#/sticker/12");
        await Expect(window.Panel.Locator(".about .notice")).ToContainTextAsync("There is no sticker 12");
        await window.Panel.GetByRole(AriaRole.Button, new() { Name = "Close" }).ClickAsync();
        await Expect(window.Panel).ToBeHiddenAsync();
    }

    [Fact]
    public async Task Text_OfAHostileCreator_StaysText()
    {
        await using var window = await browser.OpenAsync($"#/sticker/{DrawnSticker.Named("black", "circle").Id}");
        await Expect(window.Panel.Locator(".byline")).ToContainTextAsync("<img src=x onerror=alert(1)>");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Drop_OfAPicture_ShowsItsTagsAndItsNeighbours()
    {
        var sticker = DrawnSticker.Named("yellow", "triangle");
        await using var window = await browser.OpenAsync();
        await window.DropAsync("mine.png", "image/png", sticker.Png);
        await AssertFoundAsync(window, sticker, "mine.png");
        await window.Panel.Locator("[data-kind=suggested] a").First.HoverAsync();
        await Expect(window.Panel.Locator(".stage .heat i")).ToHaveCountAsync(49);
        await window.ScreenshotAsync("picture");
        await window.Panel.Locator("h2").HoverAsync();
        await Expect(window.Panel.Locator(".stage .heat")).ToHaveCountAsync(0);
        await window.Neighbours("visual").First.ClickAsync();
        await Expect(window.Panel.Locator("h2")).ToHaveTextAsync("yellow triangle");
        await window.Page.GoBackAsync();
        await Expect(window.Panel.Locator("h2")).ToHaveTextAsync("mine.png");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Choosing_APicture_ShowsItsTagsAndItsNeighbours()
    {
        var sticker = DrawnSticker.Named("blue", "square");
        await using var window = await browser.OpenAsync();
        var chooser = await window.Page.RunAndWaitForFileChooserAsync(() => window.Page.GetByRole(AriaRole.Button, new() { Name = "Use a picture" }).ClickAsync());
        await chooser.SetFilesAsync(new FilePayload { Name = "chosen.png", MimeType = "image/png", Buffer = sticker.Png });
        await AssertFoundAsync(window, sticker, "chosen.png");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Pasting_APicture_ShowsItsTagsAndItsNeighbours()
    {
        var sticker = DrawnSticker.Named("red", "cross");
        await using var window = await browser.OpenAsync();
        await window.Page.EvaluateAsync(
            """
            (base64) => {
              const clipboardData = new DataTransfer();
              clipboardData.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], "image.png", { type: "image/png" }));
              document.body.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
            }
            """,
            Convert.ToBase64String(sticker.Png));
        await AssertFoundAsync(window, sticker, "image.png");
        Assert.Empty(window.Faults);
    }

    [Fact]
    public async Task Drop_OfABrokenPicture_SaysWhatIsWrong()
    {
        await using var window = await browser.OpenAsync();
        await window.DropAsync("broken.png", "image/png", DrawnSticker.All[0].Png[..40]);
        await Expect(window.Panel.Locator(".about .notice")).ToContainTextAsync("That did not work");
        Assert.DoesNotContain(window.Faults, fault => fault.StartsWith("exception", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Drop_OfSomethingElse_SaysWhatIsTaken()
    {
        await using var window = await browser.OpenAsync();
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToHaveTextAsync($"{DrawnSticker.All.Count}");
        await window.DropAsync("notes.txt", "text/plain", "hello"u8.ToArray());
        await Expect(window.Page.GetByRole(AriaRole.Status)).ToContainTextAsync("That is not a picture");
        await Expect(window.Panel).ToBeHiddenAsync();
        Assert.Empty(window.Faults);
    }

    private static async Task AssertFoundAsync(Window window, DrawnSticker sticker, string name)
    {
        await Expect(window.Panel.Locator("h2")).ToHaveTextAsync(name);
        Assert.NotEqual(0, await window.Panel.Locator("[data-kind=suggested] a").CountAsync());
        foreach (var space in (string[])["visual", "semantic"])
        {
            await Expect(window.Neighbours(space)).ToHaveCountAsync(24);
            await Expect(window.Neighbours(space).First).ToHaveAttributeAsync("data-id", sticker.Id.ToString());
            await Expect(window.Neighbours(space).First.Locator(".score")).ToHaveTextAsync("1.000");
        }
    }
}
