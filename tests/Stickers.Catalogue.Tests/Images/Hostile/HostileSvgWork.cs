using System.Globalization;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileFile;
using static Stickers.Catalogue.Tests.Images.Hostile.HostileSvg;

namespace Stickers.Catalogue.Tests.Images.Hostile;

/// <summary>Small drawings that ask for much work. Each kind comes once far beyond what is allowed and, where that is slow, once just within.</summary>
internal static class HostileSvgWork
{
    private const string Disc = "<circle cx=\"50\" cy=\"50\" r=\"50\" ";

    public static IEnumerable<HostileFile> Files()
    {
        yield return Drawing("deep", Repeat("<g>", 2000) + "<rect width=\"9\" height=\"9\"/>" + Repeat("</g>", 2000), "TooComplex", "2,000 groups, one inside the other");
        yield return Drawing("many", Repeat("<g/>", 30001), "TooComplex", "30,001 elements");
        yield return Drawing("use-laughs", Chain(12, "<rect width=\"9\" height=\"9\"/>", i => Repeat($"<use href=\"#u{i}\"/>", 10)), "TooComplex", "10^12 copies of a square");
        yield return Drawing("use-chain", Chain(1500, "<rect width=\"9\" height=\"9\"/>", i => $"<use href=\"#u{i}\"/>"), "TooComplex", "copies of copies, 1,500 deep");
        yield return Drawing("use-self", "<g id=\"a\"><use href=\"#a\"/></g>", "TooComplex", "a group that copies itself");
        yield return Drawing("use-circle", "<g id=\"a\"><use href=\"#b\"/></g><g id=\"b\"><use href=\"#a\"/></g>", "TooComplex", "two groups that copy each other");
        yield return Drawing("pattern-self", "<pattern id=\"p\" width=\"9\" height=\"9\"><rect width=\"9\" height=\"9\" fill=\"url(#p)\"/></pattern>" + Disc + "fill=\"url(#p)\"/>", "TooComplex", "a pattern filled with itself");
        yield return Drawing("pattern-nest", string.Concat(Enumerable.Range(0, 12).Select(i => $"<pattern id=\"p{i}\" width=\"1\" height=\"1\">{Repeat($"<rect width=\"9\" height=\"9\" fill=\"url(#p{i + 1})\"/>", 10)}</pattern>")) + Disc + "fill=\"url(#p0)\"/>", "TooComplex", "patterns of patterns, 10^12 in all");
        yield return Drawing("pattern-many", "<pattern id=\"p\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\"><rect width=\".5\" height=\".5\"/></pattern>" + Repeat(Disc + "fill=\"url(#p)\"/>", 300), "TooComplex", "300 discs of fine pattern");
        yield return Drawing("ok-pattern", "<pattern id=\"p\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\"><rect width=\".5\" height=\".5\"/></pattern>" + Repeat(Disc + "fill=\"url(#p)\"/>", 20), Imported, "20 discs of fine pattern");
        yield return Drawing("pattern-inherited", "<pattern id=\"p\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\"><rect width=\".5\" height=\".5\"/></pattern><g fill=\"url(#p)\">" + Repeat(Disc + "/>", 300) + "</g>", "TooComplex", "the same, with the paint inherited");
        yield return Drawing("pattern-styled", "<style>.a{fill:url(#p)}</style><pattern id=\"p\" width=\"1\" height=\"1\" patternUnits=\"userSpaceOnUse\"><rect width=\".5\" height=\".5\"/></pattern>" + Repeat(Disc + "class=\"a\"/>", 300), "TooComplex", "the same, with the paint from a style sheet");
        yield return Drawing("mask-chain", string.Concat(Enumerable.Range(0, 500).Select(i => $"<mask id=\"m{i}\"><rect width=\"99\" height=\"99\" fill=\"white\" mask=\"url(#m{i + 1})\"/></mask>")) + Disc + "mask=\"url(#m0)\"/>", "TooComplex", "masks of masks, 500 deep");
        yield return Drawing("ok-masks", string.Concat(Enumerable.Range(0, 90).Select(i => $"<mask id=\"m{i}\"><rect width=\"99\" height=\"99\" fill=\"white\" mask=\"url(#m{i + 1})\"/></mask>")) + Disc + "mask=\"url(#m0)\"/>", Imported, "masks of masks, 90 deep");
        yield return Drawing("marker", "<marker id=\"k\"><g>" + Repeat("<rect width=\"9\" height=\"9\"/>", 100) + "</g></marker><path marker-mid=\"url(#k)\" d=\"M0 0" + Repeat("L1 1 2 2", 5000) + "\"/>", "TooComplex", "a marker of 100 squares at 10,000 points");
        yield return Drawing("blur", Filter("<feGaussianBlur stdDeviation=\"30\"/>") + Repeat(Disc + "filter=\"url(#f)\"/>", 1000), "TooComplex", "a thousand blurred discs");
        yield return Drawing("blur-steps", Filter(Repeat("<feGaussianBlur stdDeviation=\"30\"/>", 1000)) + Disc + "filter=\"url(#f)\"/>", "TooComplex", "a thousand times blurred");
        yield return Drawing("blur-function", Disc + "style=\"filter:" + Repeat("blur(30px) ", 1000) + "\"/>", Imported, "a thousand blurs as a property, which is left out");
        yield return Drawing("ok-blur", Filter("<feGaussianBlur stdDeviation=\"30\"/>") + Repeat(Disc + "filter=\"url(#f)\"/>", 10), Imported, "ten blurred discs");
        yield return Drawing("ok-blur-region", "<filter id=\"f\" x=\"-1e6\" y=\"-1e6\" width=\"2e6\" height=\"2e6\"><feGaussianBlur stdDeviation=\"1e9\"/></filter>" + Disc + "/>" + Disc + "filter=\"url(#f)\"/>", Imported, "a blur of 10^9 over a region of 10^6");
        yield return Drawing("convolve", Filter($"<feConvolveMatrix order=\"200\" kernelMatrix=\"{Repeat("1 ", 40000)}\"/>") + Disc + "filter=\"url(#f)\"/>", "TooComplex", "a kernel of 200x200");
        yield return Drawing("ok-convolve", Filter($"<feConvolveMatrix order=\"15\" kernelMatrix=\"{Repeat("1 ", 225)}\"/>") + Disc + "filter=\"url(#f)\"/>", Imported, "a kernel of 15x15");
        yield return Drawing("ok-turbulence", Filter("<feTurbulence baseFrequency=\".01\" numOctaves=\"1000000000\"/>") + Disc + "filter=\"url(#f)\"/>", Imported, "a billion octaves of noise, of which few count");
        yield return Drawing("ok-morphology", Filter("<feMorphology operator=\"dilate\" radius=\"100000\"/>") + Disc + "filter=\"url(#f)\"/>" + Disc + "/>", Imported, "grown by 100,000 pixels");
        yield return Drawing("morphology", Filter(Repeat("<feMorphology radius=\"30\"/>", 50)) + Disc + "filter=\"url(#f)\"/>", "TooComplex", "grown fifty times");
        yield return Drawing("dashes", Disc + "fill=\"none\" stroke=\"red\" stroke-dasharray=\"0.0000001\"/>", "TooComplex", "3 billion dashes around a circle");
        yield return Drawing("dashes-inherited", "<g style=\"stroke:red;stroke-dasharray:1e-7,1e-7\">" + Disc + "/></g>", "TooComplex", "the same, inherited");
        yield return Drawing("dashes-far", "<path stroke=\"red\" stroke-dasharray=\"1\" d=\"M0 0 L1e12 1e12\"/>", "TooComplex", "10^12 dashes, nearly all beyond the page");
        yield return Drawing("ok-dashes-zero", Disc + "stroke=\"red\" stroke-dasharray=\"0 0\"/>", Imported, "dashes of no length: a plain line");
        yield return Drawing("zigzag", $"<path d=\"{Zigzag(15000)}\"/>", "TooComplex", "an outline of 15,000 strokes that all cross");
        yield return Drawing("ok-zigzag", $"<path d=\"{Zigzag(4000)}\"/>", Imported, "an outline of 4,000 strokes that all cross");
        yield return Drawing("text", $"<text y=\"50\">{Repeat("stickers ", 10000)}</text>", "TooComplex", "90,000 letters");
        yield return Drawing("ok-text", $"<text y=\"50\" font-size=\"20\">{Repeat("hello ", 20)}</text>", Imported, "some letters");
        yield return Drawing("styles", "<style>" + string.Concat(Enumerable.Range(0, 2000).Select(i => $".a{i} .b .c{{}}")) + "</style>" + Repeat("<g class=\"b\">", 50) + Repeat("<rect class=\"c\" width=\"1\" height=\"1\"/>", 600) + Repeat("</g>", 50), "TooComplex", "2,000 style rules, each tried on 600 elements and all around them");
        yield return Drawing("gradients", "<linearGradient id=\"g\">" + Repeat("<stop offset=\".5\"/>", 2000) + "</linearGradient><g fill=\"url(#g)\">" + Repeat("<rect width=\"99\" height=\"99\"/>", 2000) + "</g>", "TooComplex", "2,000 squares with 2,000 colour stops");
        yield return Drawing("blends", Repeat(Disc + "style=\"mix-blend-mode:hue\"/>", 1800), "TooComplex", "1,800 blended discs");
        yield return Drawing("attribute", $"<rect id=\"{new string('a', 200)}\" width=\"9\" height=\"9\" style=\"{Repeat("fill:red;", 3000)}\"/>", Imported, "a style of 27,000 characters");
        yield return Drawing("speck-and-work", $"<path transform=\"translate(50 50) scale(.01)\" d=\"{Zigzag(11000)}\"/>", "TooComplex", "much work that comes out as a speck, so that it would have to be done again");
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    private static string Filter(string steps) => $"<filter id=\"f\">{steps}</filter>";

    private static string Chain(int length, string core, Func<int, string> link) =>
        $"<defs><g id=\"u0\">{core}</g>{string.Concat(Enumerable.Range(1, length).Select(i => $"<g id=\"u{i}\">{link(i - 1)}</g>"))}</defs><use href=\"#u{length}\"/>";

    private static string Zigzag(int strokes)
    {
        var random = new Random(9);
        return "M0 0" + string.Concat(Enumerable.Range(0, strokes).Select(_ => string.Create(CultureInfo.InvariantCulture, $"L{random.Next(1000) / 10.0} {random.Next(1000) / 10.0}")));
    }
}
