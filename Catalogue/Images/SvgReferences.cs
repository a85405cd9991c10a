using System.Text.RegularExpressions;

namespace Stickers.Catalogue.Images;

/// <summary>Decides which references a drawing may keep: those into itself, and small bitmaps embedded in it.</summary>
internal static partial class SvgReferences
{
    public const string XLinkNamespace = "http://www.w3.org/1999/xlink";

    /// <summary>Limits for bitmaps embedded as data: URIs.</summary>
    private static readonly ImageLimits Embedded = new() { MaxBytes = 2 << 20, MaxSide = 4096, MaxPixels = 4 << 20, MaxFrames = 1 };

    /// <summary>Whether all url(...) in a value point into the document.</summary>
    public static bool IsLocal(string value) =>
        !value.Contains("url", StringComparison.OrdinalIgnoreCase) || !ExternalUrl().IsMatch(value);

    /// <summary>
    /// Style text without comments, imports, fonts, filter functions and references out of the document. What is left is plain enough
    /// for <see cref="SvgWork"/> to read.
    /// </summary>
    public static string CleanStyle(string style)
    {
        style = style.Replace("\\", "", StringComparison.Ordinal); // escapes could hide the words looked for
        if (style.Contains("/*", StringComparison.Ordinal)) style = Comment().Replace(style, " ");
        if (style.Contains('@', StringComparison.Ordinal)) style = FontFace().Replace(Import().Replace(style, ""), "");
        if (style.Contains("filter", StringComparison.OrdinalIgnoreCase))
            style = Filter().Replace(style, filter => IsFilterReference(filter.Groups[1].Value) ? filter.Value : "filter:none");
        return style.Contains("url", StringComparison.OrdinalIgnoreCase) ? ExternalUrl().Replace(style, "none") : style;
    }

    /// <summary>Whether a filter property is absent or names one filter element, and no list of functions.</summary>
    public static bool IsFilterReference(string value) => FilterReference().IsMatch(value);

    /// <summary>Whether a reference is an embedded PNG, JPEG, WebP or GIF within narrow limits.</summary>
    public static bool IsSmallBitmap(string? href)
    {
        if (href is null || !href.StartsWith("data:image/", StringComparison.OrdinalIgnoreCase)) return false;
        var comma = href.IndexOf(',', StringComparison.Ordinal);
        if (comma < 0 || !href.AsSpan(0, comma).EndsWith(";base64", StringComparison.OrdinalIgnoreCase)) return false;
        if (href.Length - comma > Embedded.MaxBytes / 3 * 4) return false;
        try
        {
            return ImageHeader.Read(Convert.FromBase64String(href[(comma + 1)..]), Embedded).Format != StickerFormat.Svg;
        }
        catch (Exception refused) when (refused is FormatException or ImageException)
        {
            return false;
        }
    }

    [GeneratedRegex("""url\s*\(["'\s]*[^\s"'#)][^)]*\)?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ExternalUrl();

    [GeneratedRegex("""/\*.*?(\*/|\z)""", RegexOptions.Singleline)]
    private static partial Regex Comment();

    [GeneratedRegex("""@import[^;]*;?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Import();

    [GeneratedRegex("""@font-face[^{}]*\{[^}]*\}?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FontFace();

    [GeneratedRegex("""(?<![-\w])filter\s*:([^;}]*)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Filter();

    [GeneratedRegex("""^\s*(none|inherit|url\([^()]*\))\s*$""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex FilterReference();
}
