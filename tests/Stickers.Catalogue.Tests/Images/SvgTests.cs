using System.IO.Compression;
using System.Text;
using Stickers.Catalogue.Images;
using Stickers.Catalogue.Tests.Images.Making;

namespace Stickers.Catalogue.Tests.Images;

public sealed class SvgTests
{
    private const string Open = "<svg xmlns='http://www.w3.org/2000/svg' xmlns:xlink='http://www.w3.org/1999/xlink' width='100' height='100'>";

    private static byte[] Svg(string content) => Encoding.UTF8.GetBytes(Open + content + "</svg>");

    private static RasterImage Decode(string content, int side = 40) => ImageDecoder.Decode(Svg(content), side);

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='2in' height='96pt'/>", 192, 128)]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='25.4mm' height='2.54cm'/>", 96, 96)]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='10pc' height='1e2px'/>", 160, 100)]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' viewBox='5,5 30 60'/>", 30, 60)]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='100%' height='90' viewBox='0 0 30 60'/>", 45, 90)]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", 300, 150)]
    [InlineData("<svg width='7' height='9'/>", 7, 9)]
    public void Identify_Page_IsInCssPixels(string svg, int width, int height) =>
        Assert.Equal(new ImageInfo(StickerFormat.Svg, width, height, 1), ImageDecoder.Identify(Encoding.UTF8.GetBytes(svg)));

    [Theory]
    [InlineData("<rect x='10' y='20' width='30' height='15' fill='#0000ff'/>", 40, 20)] // part of the page
    [InlineData("<rect x='-50' y='0' width='200' height='50' fill='#0000ff'/>", 40, 20)] // beyond the page is cut off
    [InlineData("<rect x='40' y='40' width='0.4' height='0.2' fill='#0000ff'/>", 40, 20)] // tiny: needs a second look
    public void Decode_Ink_FillsThePicture(string content, int width, int height)
    {
        var image = Decode(content);

        Assert.Equal((width, height), (image.Width, image.Height));
        Assert.Equal(0x0000FFFFu, image.At(width / 2, height / 2));
        Assert.True((image.At(1, 1) & 0xFF) > 200, "the ink should reach the corner");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(33)]
    [InlineData(160)]
    [InlineData(257)]
    [InlineData(512)]
    public void Decode_LongestSide_IsExact(int side)
    {
        var image = Decode("<circle cx='50' cy='50' r='31.7' fill='red'/>", side);

        Assert.Equal((side, side), (image.Width, image.Height));
    }

    [Fact]
    public void Decode_LargerThanTheLimit_StopsThere() => Assert.Equal(512, Decode("<circle cx='50' cy='50' r='50'/>", int.MaxValue).Width);

    [Fact]
    public void Decode_HalfTransparent_HasStraightAlpha() =>
        Assert.Equal(0xFF000080u, Decode("<rect width='100' height='100' fill='red' fill-opacity='0.5'/>").At(20, 20));

    [Fact]
    public void Decode_WiderBoxThanPage_KeepsTheAspectOfTheDrawing()
    {
        var svg = "<svg xmlns='http://www.w3.org/2000/svg' width='200' height='100' viewBox='0 0 10 10'><rect width='10' height='10'/></svg>";

        var image = ImageDecoder.Decode(Encoding.UTF8.GetBytes(svg), 40);

        Assert.Equal((40, 40), (image.Width, image.Height));
    }

    [Fact]
    public void Decode_EntitiesOfIllustrator_AreExpanded()
    {
        var svg = """
            <?xml version="1.0" encoding="utf-8"?>
            <!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.0//EN" "http://www.w3.org/TR/2001/REC-SVG-20010904/DTD/svg10.dtd" [
              <!ENTITY ns_svg "http://www.w3.org/2000/svg"> <!ENTITY ns_ai "http://ns.adobe.com/AdobeIllustrator/10.0/"> <!ENTITY st0 "fill:#00FF00;"> ]>
            <svg xmlns="&ns_svg;" xmlns:i="&ns_ai;" width="10" height="10"><i:pgf>x</i:pgf><rect style="&st0;" width="10" height="10"/></svg>
            """;

        Assert.Equal(0x00FF00FFu, ImageDecoder.Decode(Encoding.UTF8.GetBytes(svg), 8).At(4, 4));
    }

    [Theory]
    [InlineData("<image width='100' height='100' xlink:href='file:///etc/hostname'/>")]
    [InlineData("<image width='100' height='100' href='http://localhost:1/x.png'/>")]
    [InlineData("<use href='file:///etc/passwd#x'/>")]
    [InlineData("<rect width='100' height='100' fill='url(file:///x.svg#g)'/>")]
    [InlineData("<style>@import url(http://localhost:1/a.css); rect{fill:url('http://localhost:1/b#c')}</style><rect width='100' height='100' fill='none'/>")]
    [InlineData("<xi:include xmlns:xi='http://www.w3.org/2001/XInclude' href='file:///etc/passwd' parse='text'/>")]
    [InlineData("<foreignObject width='100' height='100'><p xmlns='http://www.w3.org/1999/xhtml'>x</p></foreignObject><script>1</script>")]
    public void Decode_ReachingOutside_DrawsNothing(string content) =>
        Assert.Contains(Pixels.FaultOf(() => Decode(content)), new ImageFault?[] { ImageFault.Blank, null });

    [Theory]
    [InlineData("<image width='9' height='9' xlink:href='file:///etc/hostname'/>")]
    [InlineData("<use href='x.svg#x'/>")]
    [InlineData("<a xlink:href='http://example.org'/>")]
    [InlineData("<rect style='fill:url( \"http://example.org/#g\" )' mask='url(a.svg#m)' filter='blur(9px)'/>")]
    [InlineData("<style>@import 'a.css'; rect { fill: u\\rl(b.svg#c); } @font-face { src: url(c) }</style>")]
    [InlineData("<feImage href='d.png'/><script href='e.js'/><rect onclick='alert(1)'/>")]
    public void Read_ReachingOutside_LeavesNoTraceOfIt(string content)
    {
        var cleaned = Encoding.UTF8.GetString(SvgDocument.Read(Svg(content), ImageLimits.Default).Drawing);

        Assert.DoesNotMatch("(?i)file:|http://(?!www.w3.org/2000/svg)|a\\.css|\\.svg|\\.png|\\.js|alert|blur|font-face", cleaned);
    }

    [Fact]
    public void Decode_ExternalEntity_IsNotRead()
    {
        var secret = Path.GetTempFileName();
        File.WriteAllText(secret, "<rect xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>");
        try
        {
            var svg = $"<!DOCTYPE svg [<!ENTITY x SYSTEM '{new Uri(secret)}'>]>{Open}&x;</svg>";

            Assert.Contains(Pixels.FaultOf(() => ImageDecoder.Decode(Encoding.UTF8.GetBytes(svg), 10)), new ImageFault?[] { ImageFault.Blank, ImageFault.Corrupt });
        }
        finally
        {
            File.Delete(secret);
        }
    }

    [Fact]
    public void Decode_EmbeddedBitmap_IsDrawn()
    {
        var png = Convert.ToBase64String(PngMaker.Rgba(2, 2, Pixels.Filled(2, 2, 0x00FF00FF)));

        Assert.Equal(0x00FF00FFu, Decode($"<image width='100' height='100' xlink:href='data:image/png;base64,{png}'/>").At(20, 20));
    }

    [Fact]
    public void Decode_EmbeddedBitmapTooLarge_IsLeftOut()
    {
        var png = Convert.ToBase64String(PngMaker.File(PngMaker.Ihdr(60000, 60000), PngMaker.Idat(1, 0, 0, 0, 0)));

        Assert.Equal(ImageFault.Blank, Pixels.FaultOf(() => Decode($"<image width='100' height='100' xlink:href='data:image/png;base64,{png}'/>")));
    }

    [Fact]
    public void Decode_Compressed_IsInflated()
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal)) gzip.Write(Svg("<rect width='10' height='10' fill='red'/>"));

        Assert.Equal(0xFF0000FFu, ImageDecoder.Decode(packed.ToArray(), 10).At(5, 5));
    }

    [Fact]
    public void Decode_Utf16_IsRead()
    {
        byte[] file = [0xFF, 0xFE, .. Encoding.Unicode.GetBytes(Open + "<rect width='10' height='10' fill='red'/></svg>")];

        Assert.Equal(0xFF0000FFu, ImageDecoder.Decode(file, 10).At(5, 5));
    }

    [Theory]
    [InlineData("M0 0 L10 0 L10 10 Z", 4, 2.0)]
    [InlineData("m0,0 10,0 0,10z", 4, 2.0)]
    [InlineData("M0 0H10V10H0Z", 5, 2.0)]
    [InlineData("M0 0 L0 10 L1 0 L1 10 L2 0 L2 10", 6, 5.0)]
    [InlineData("", 0, 0.0)]
    [InlineData("garbage", 0, 0.0)]
    public void OfData_Outline_CountsVerticesAndCrossings(string data, int vertices, double crossings)
    {
        var path = SvgPath.OfData(data);

        Assert.Equal(vertices, path.Vertices);
        Assert.Equal(crossings, path.Crossings, 6);
    }

    [Theory]
    [InlineData("M1e1-.5.5 1")] // 10, -0.5 and then 0.5, 1
    [InlineData("M10-0.5L0.5,1")]
    [InlineData("M10 -.5 a1 1 0 01.0-0 -9.5 1.5")]
    public void OfData_TersePairs_AreSeparated(string data) => Assert.True(SvgPath.OfData(data).Vertices >= 2);
}
