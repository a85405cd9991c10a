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

    /// <summary>Style text without imports and without references out of the document.</summary>
    public static string CleanStyle(string style)
    {
        style = style.Replace("\\", "", StringComparison.Ordinal); // escapes could hide the words looked for
        if (style.Contains("@import", StringComparison.OrdinalIgnoreCase)) style = Import().Replace(style, "");
        return style.Contains("url", StringComparison.OrdinalIgnoreCase) ? ExternalUrl().Replace(style, "none") : style;
    }

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

    [GeneratedRegex("""@import[^;]*;?""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Import();
}
