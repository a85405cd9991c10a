using Stickers.Catalogue.Images;
using Stickers.Catalogue.Import;

namespace Stickers.Catalogue.Tests.Import;

public sealed class SvgImportTests : IDisposable
{
    private readonly ImportFixture _import = new();

    public void Dispose() => _import.Dispose();

    [Fact]
    public async Task RunAsync_SvgWithRdf_TakesTitleCreatorAndTags()
    {
        _import.Put("animals/cat.svg", Svg("""
            <metadata><rdf:RDF xmlns:cc="http://web.resource.org/cc/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
              <cc:Work rdf:about="">
                <dc:title>A &amp; cat</dc:title>
                <dc:subject><rdf:Bag><rdf:li>cat</rdf:li><rdf:li/><rdf:li> Animal </rdf:li><rdf:li><![CDATA[pet]]></rdf:li></rdf:Bag></dc:subject>
                <dc:publisher><cc:Agent><dc:date>1999</dc:date><dc:title>Open Clip Art Library</dc:title></cc:Agent></dc:publisher>
                <dc:creator><cc:Agent><dc:title>Ann</dc:title></cc:Agent></dc:creator>
                <dc:date>2006-12-14T01:02:03+01:00</dc:date>
                <dc:rights><cc:Agent><dc:title>Someone else</dc:title></cc:Agent></dc:rights>
              </cc:Work>
            </rdf:RDF></metadata>
            """));

        var (_, stickers, _) = await _import.ImportAsync();

        var cat = Assert.Single(stickers);
        Assert.Equal(("source/animals/cat.svg", "animals", "A & cat", "Ann", StickerFormat.Svg), (cat.Key, cat.Pack, cat.Title, cat.Creator, cat.Format));
        Assert.Equal(["cat", "Animal", "pet"], cat.Tags);
        Assert.Equal(new DateTime(2006, 12, 14, 0, 2, 3, DateTimeKind.Utc), cat.Created);
        Assert.Equal(320, Math.Max(cat.Width, cat.Height));
        var stored = ImageDecoder.Identify(cat.Image.Span);
        Assert.Equal((StickerFormat.Png, cat.Width, cat.Height), (stored.Format, stored.Width, stored.Height));
    }

    [Fact]
    public async Task RunAsync_SidecarBesideAnSvg_HasTheLastWord()
    {
        _import.Put("cat.svg", Svg("""<metadata><rdf:RDF xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><Work><dc:title>old</dc:title><dc:date>yesterday</dc:date><dc:subject><rdf:Bag><rdf:li>old</rdf:li></rdf:Bag></dc:subject></Work></rdf:RDF></metadata>"""));
        _import.Put("m.jsonl", """{"file": "cat.svg", "tags": ["new"]}""");

        var (_, stickers, _) = await _import.ImportAsync();

        Assert.Equal(["new"], stickers[0].Tags);
        Assert.Equal("old", stickers[0].Title);
        Assert.Null(stickers[0].Created); // what is no date says nothing
    }

    [Theory]
    [InlineData("<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg'><title>&x;</title></svg>")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:RDF><rdf:li>")]
    [InlineData("")]
    [InlineData("no xml")]
    [InlineData("<!DOCTYPE svg [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaa'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'><!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'><!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'><!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'>]><svg xmlns='http://www.w3.org/2000/svg'><title>&e;&e;&e;&e;</title></svg>")]
    public void Read_HostileOrBroken_GivesNoTagsAndDoesNotThrow(string text)
    {
        var metadata = SvgMetadata.Read(System.Text.Encoding.UTF8.GetBytes(text), ImageLimits.Default);

        Assert.Empty(metadata.Tags);
        Assert.Null(metadata.Title);
    }

    [Fact]
    public async Task RunAsync_RealClipArt_AgreesWithAnIndependentReadingOfItsTags()
    {
        var folder = Path.Combine(TestData.ClipArtFolder(), "animals", "birds");
        Assert.SkipUnless(Directory.Exists(folder), $"{folder} is not part of this openclipart-svg.");
        var (manifest, stickers, quarantine) = await _import.ImportAsync(_import.Options with { Sources = [folder] });

        Assert.Equal(Directory.GetFiles(folder, "*.svg", SearchOption.AllDirectories).Length, manifest.Read);
        // Two drawings consist of a link to a bitmap that is not there.
        Assert.True(quarantine.Count <= manifest.Read / 20, $"{quarantine.Count} of {manifest.Read} in quarantine: {string.Join("; ", quarantine)}");
        Assert.All(quarantine, row => Assert.Equal(nameof(ImageFault.Blank), row.Fault));
        foreach (var sticker in stickers)
        {
            var text = await File.ReadAllTextAsync(Path.Combine(folder, sticker.ImagePath), TestContext.Current.CancellationToken);
            var subject = System.Text.RegularExpressions.Regex.Match(text, "<dc:subject>(.*?)</dc:subject>", System.Text.RegularExpressions.RegexOptions.Singleline).Groups[1].Value;
            var tags = System.Text.RegularExpressions.Regex.Matches(subject, "<rdf:li[^>/]*>(.*?)</rdf:li>", System.Text.RegularExpressions.RegexOptions.Singleline)
                .Select(match => System.Net.WebUtility.HtmlDecode(match.Groups[1].Value).Trim()).Where(tag => tag.Length > 0);
            Assert.Equal(tags, sticker.Tags);
        }
    }

    private static string Svg(string metadata) =>
        $"<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\" width=\"100\" height=\"50\">{metadata}<rect width=\"100\" height=\"50\" fill=\"red\"/></svg>";
}
