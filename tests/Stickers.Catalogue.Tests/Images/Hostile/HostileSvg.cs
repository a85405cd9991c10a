using System.IO.Compression;
using System.Text;
using Stickers.Catalogue.Tests.Images.Making;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;

namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>Drawings that are broken, odd, or reach outside.</summary>
internal static class HostileSvg
{
    public const string Root = "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"100\" height=\"100\">";
    private const string Ink = "<circle cx=\"50\" cy=\"50\" r=\"40\" fill=\"#c33\"/>";

    public static HostileFile Svg(string name, string text, string expected, string why) => new($"svg-{name}.svg", Encoding.UTF8.GetBytes(text), expected, why);

    public static HostileFile Drawing(string name, string content, string expected, string why) => Svg(name, Root + content + "</svg>", expected, why);

    public static IEnumerable<HostileFile> Files()
    {
        var good = Root + Ink + "</svg>";
        yield return Svg("cut-tag", good[..^10], "Truncated", "ends inside a tag");
        yield return Svg("cut-root", good[..^6], "Truncated", "the root is not closed");
        yield return Svg("cut-head", "<svg xmlns=\"http://www.w3.org/2000/sv", "Truncated", "ends inside the root");
        yield return Svg("crossed", Root + "<g><a></g></a></svg>", "Corrupt", "tags that cross");
        yield return Svg("twice", good + good, "Corrupt", "two roots");
        yield return Svg("entity-unknown", Root + "&nbsp;" + Ink + "</svg>", "Corrupt", "an entity that nobody declares");
        yield return Svg("control-character", Root + "\u0001" + Ink + "</svg>", "Corrupt", "a character that XML forbids");
        yield return new("svg-invalid-utf8.svg", [.. Encoding.UTF8.GetBytes(Root), 0xC3, 0x28, .. "</svg>"u8], "Corrupt", "bytes that are not UTF-8");
        yield return Svg("encoding", "<?xml version='1.0' encoding='x-none'?>" + good, "Corrupt", "an encoding that does not exist");

        yield return Svg("laughs", "<!DOCTYPE svg [<!ENTITY a0 \"ha\">" + string.Concat(Enumerable.Range(1, 30).Select(i => $"<!ENTITY a{i} \"&a{i - 1};&a{i - 1};&a{i - 1};&a{i - 1};\">")) + "]>" + Root + "<text>&a30;</text></svg>", "Corrupt", "entities that grow to 4^30 characters");
        yield return Svg("quadratic", $"<!DOCTYPE svg [<!ENTITY a \"{new string('x', 20000)}\">]>" + Root + "<text>" + string.Concat(Enumerable.Repeat("&a;", 5000)) + "</text></svg>", "Corrupt", "one long entity, used thousands of times");
        yield return Svg("entity-self", "<!DOCTYPE svg [<!ENTITY a \"&b;\"><!ENTITY b \"&a;\">]>" + Root + "<text>&a;</text></svg>", "Corrupt", "entities that refer to each other");
        yield return Svg("entity-passwd", "<!DOCTYPE svg [<!ENTITY a SYSTEM \"file:///etc/passwd\">]>" + Root + "<text y=\"50\">&a;</text></svg>", "Blank", "an entity that would read a file");
        yield return Svg("entity-http", "<!DOCTYPE svg [<!ENTITY % a SYSTEM \"http://127.0.0.1:9/a.dtd\"> %a;]>" + good, Imported, "a declaration that would be fetched");
        yield return Svg("dtd-http", "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"http://127.0.0.1:9/svg11.dtd\">" + good, Imported, "a document type that would be fetched");
        yield return Drawing("image-http", Ink + "<image width=\"9\" height=\"9\" xlink:href=\"http://127.0.0.1:9/x.png\"/>", Imported, "a picture that would be fetched");
        yield return Drawing("image-file", "<image width=\"100\" height=\"100\" href=\"file:///usr/share/pixmaps/debian-logo.png\"/>", "Blank", "nothing but a picture that would be read");
        yield return Drawing("use-file", "<use href=\"/etc/passwd#x\"/>", "Blank", "a reference into another file");
        yield return Drawing("style-import", "<style>@import url(http://127.0.0.1:9/a.css);</style>" + Ink, Imported, "a style sheet that would be fetched");
        yield return Svg("stylesheet", "<?xml-stylesheet href=\"file:///etc/passwd\" type=\"text/css\"?>" + good, Imported, "a style sheet that would be read");
        yield return Drawing("include", "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/passwd\" parse=\"text\"/>" + Ink, Imported, "an inclusion that would be read");
        yield return Drawing("script", "<script>while(true){}</script><g onload=\"while(true){}\">" + Ink + "</g>", Imported, "scripts that would never end");
        yield return Drawing("foreign", "<foreignObject width=\"100\" height=\"100\"><iframe xmlns=\"http://www.w3.org/1999/xhtml\" src=\"file:///etc/passwd\"/></foreignObject>" + Ink, Imported, "a web page inside");
        yield return Drawing("data-bomb", $"<image width=\"100\" height=\"100\" href=\"data:image/png;base64,{Convert.ToBase64String(PngMaker.File(PngMaker.Ihdr(60000, 60000), PngMaker.Idat(1, 0, 0, 0, 0)))}\"/>", "Blank", "an embedded picture of 60000x60000");
        yield return Drawing("data-svg", $"<image width=\"100\" height=\"100\" href=\"data:image/svg+xml;base64,{Convert.ToBase64String(Encoding.UTF8.GetBytes(good))}\"/>", "Blank", "a drawing inside a drawing, which is left out");
        yield return Drawing("ok-data", $"<image width=\"100\" height=\"100\" href=\"data:image/png;base64,{Convert.ToBase64String(PngMaker.Rgba(4, 4, HostileFile.Drawing(4, 4, 1, opaque: true)))}\"/>", Imported, "a small embedded picture");

        foreach (var (name, attributes, expected, why) in new[]
        {
            ("zero", "width=\"0\" height=\"0\"", "Corrupt", "a page of 0x0"),
            ("negative", "width=\"-5\" height=\"10\"", "Corrupt", "a negative page"),
            ("nan", "width=\"NaN\" height=\"NaN\"", Imported, "sizes that are no numbers: as if there were none"),
            ("infinite", "width=\"1e999\" height=\"1e999\"", Imported, "sizes beyond all numbers: as if there were none"),
            ("huge", "width=\"1e9\" height=\"1e9\"", "TooManyPixels", "a page of 10^9 pixels a side"),
            ("huge-box", "viewBox=\"0 0 1e9 1e9\"", "TooManyPixels", "a box of 10^9 a side and no page"),
            ("tiny-page", "width=\"0.001\" height=\"0.001\" viewBox=\"0 0 100 100\"", Imported, "a page of a thousandth of a pixel"),
            ("empty-box", "viewBox=\"0 0 0 0\"", "Corrupt", "a box without area"),
            ("short-box", "viewBox=\"0 0 100\"", Imported, "a box of three numbers: as if there were none"),
            ("far-box", "viewBox=\"1e7 1e7 100 100\" width=\"100\" height=\"100\"", "Blank", "a box far away from the ink"),
            ("wide", "width=\"100000\" height=\"1\" viewBox=\"0 0 100000 1\"", "Blank", "a page of 100000x1 with ink on hardly any of it"),
        })
            yield return Svg($"size-{name}", $"<svg xmlns=\"http://www.w3.org/2000/svg\" {attributes}><rect x=\"1\" y=\"0\" width=\"60\" height=\"40\"/></svg>", expected, why);

        yield return Drawing("blank", "<g/>", "Blank", "nothing is drawn");
        yield return Drawing("speck", "<rect x=\"50\" y=\"50\" width=\"1e-7\" height=\"1e-7\"/>", "Blank", "ink too small to see at any sensible scale");
        yield return Drawing("ok-far", "<rect x=\"99\" y=\"99\" width=\"0.5\" height=\"0.5\"/>", Imported, "a little ink in the corner of the page");
        yield return Drawing("numbers", "<path d=\"M1e308 1e308 L-1e308 -1e308 L1e308 0 Z\"/>" + Ink, Imported, "coordinates at the end of all numbers");
        yield return Drawing("path-garbage", "<path d=\"M0 0 L oops 1 2 3 \u00e9\"/>" + Ink, Imported, "an outline that stops being one");
        yield return Svg("ok-no-namespace", "<svg width=\"10\" height=\"10\"><rect width=\"5\" height=\"5\"/></svg>", Imported, "no namespace, as very old drawings");
        yield return Svg("ok-entities", "<!DOCTYPE svg [<!ENTITY ns \"http://www.w3.org/2000/svg\"><!ENTITY st \"fill:green\">]><svg xmlns=\"&ns;\" width=\"10\" height=\"10\"><rect style=\"&st;\" width=\"5\" height=\"5\"/></svg>", Imported, "entities as Illustrator writes them");
        yield return new("svg-ok-bom.svg", [0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes(good)], Imported, "a byte order mark");
        yield return new("svg-ok-utf16.svg", [0xFE, 0xFF, .. Encoding.BigEndianUnicode.GetBytes(good)], Imported, "UTF-16, big end first");
        yield return new("svg-ok-gzip.svgz", Gzip(Encoding.UTF8.GetBytes(good)), Imported, "compressed");
        yield return new("svg-gzip-bomb.svgz", Gzip([.. Encoding.UTF8.GetBytes(Root), .. Enumerable.Repeat((byte)' ', 40 << 20)]), "TooManyBytes", "40 MiB of spaces, compressed");
        yield return new("svg-gzip-cut.svgz", Gzip(Encoding.UTF8.GetBytes(good))[..40], "Truncated", "half of a compressed drawing");
        yield return new("svg-gzip-text.svgz", Gzip("hello"u8.ToArray()), "UnknownFormat", "compressed text");
        yield return new("svg-gzip-bad.svgz", [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0xFF, 0xFF, 0xFF], "Corrupt", "gzip that is none");
    }

    private static byte[] Gzip(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.SmallestSize)) gzip.Write(bytes);
        return packed.ToArray();
    }
}
