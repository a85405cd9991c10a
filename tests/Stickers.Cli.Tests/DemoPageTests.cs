using System.Text.RegularExpressions;
using Stickers.Cli.Demo;
using Stickers.Cli.Terminal;
using Stickers.SimilaritySearch;

namespace Stickers.Cli.Tests;

public sealed partial class DemoPageTests
{
    private const string Hostile = "\"><script>alert(1)</script><img src=x onerror='alert(2)'>&";

    [Fact]
    public void Write_OfHostileTexts_EncodesThemAll()
    {
        var html = DemoPage.Write(Content(Hostile));
        Assert.DoesNotContain("<script", html, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("<img src=x", html, StringComparison.OrdinalIgnoreCase);
        Assert.Contains("&lt;script&gt;alert(1)", html, StringComparison.Ordinal);
    }

    [Fact]
    public void Write_Always_LoadsNothingFromElsewhere()
    {
        var html = DemoPage.Write(Content("cat"));
        Assert.DoesNotContain("http:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("https:", html, StringComparison.Ordinal);
        Assert.DoesNotContain("url(", html, StringComparison.Ordinal);
        Assert.All(Source().Matches(html), match => Assert.StartsWith("data:image/png;base64,", match.Groups[1].Value, StringComparison.Ordinal));
        Assert.Equal(4, Source().Count(html));
    }

    [Fact]
    public void Write_OfSuggestions_TellsAcceptedFromReview()
    {
        var html = DemoPage.Write(Content("cat"));
        Assert.Contains("<span class=\"tag accept\">cat<b>0.90</b></span>", html, StringComparison.Ordinal);
        Assert.Contains("<span class=\"tag review\">cat<b>0.40</b></span>", html, StringComparison.Ordinal);
    }

    private static PageContent Content(string text)
    {
        var sticker = new PageSticker(text, text, [1, 2, 3], [text], [new SuggestedTag(text, 0.9f, "accept"), new SuggestedTag(text, 0.4f, "review")], 0.5f);
        return new PageContent
        {
            Subtitle = text,
            Highlights = [new Figure(text, text, text)],
            SheetRemark = text,
            Sheet = [sticker],
            Neighbours = [new PageNeighbours(sticker, [sticker], [sticker])],
            Sections = [new FigureSection(text, [new Figure(text, text, text)])],
            Notes = [text],
        };
    }

    [GeneratedRegex("src=\"([^\"]*)\"")]
    private static partial Regex Source();
}
