using System.Globalization;
using System.Xml;

namespace Stickers.Catalogue.Images;

/// <summary>Reads the root element of an SVG.</summary>
internal static class SvgHeader
{
    /// <summary>Drawings have no pixels of their own; this only keeps the arithmetic sound.</summary>
    private const double LargestSide = 1e6;

    /// <summary>Where a page has no size at all, as CSS has it for replaced elements (CSS 2.2, section 10.3.2).</summary>
    private const double DefaultWidth = 300, DefaultHeight = 150;

    public static ImageHeader Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var xml = SvgSource.Unpack(file, limits);
        using var reader = SvgSource.OpenXml(xml, limits);
        var (width, height) = ReadRoot(reader, xml);
        return new ImageHeader(StickerFormat.Svg, (int)Math.Ceiling(width), (int)Math.Ceiling(height));
    }

    /// <summary>Goes to the root element and reads the page's size in CSS pixels.</summary>
    /// <exception cref="ImageException">The root is not an SVG element, or its size is no size.</exception>
    public static (double Width, double Height) ReadRoot(XmlReader reader, ReadOnlySpan<byte> file)
    {
        try
        {
            reader.MoveToContent();
        }
        catch (XmlException fault)
        {
            if (file.IndexOf("<svg"u8) >= 0) throw SvgSource.Fault(fault, file);
            throw new ImageException(ImageFault.UnknownFormat, $"the file starts like XML, but is not: {fault.Message}", fault);
        }
        if (reader.NodeType != XmlNodeType.Element || reader.LocalName != "svg" || reader.NamespaceURI is not (SvgSource.Namespace or ""))
            throw new ImageException(ImageFault.UnknownFormat, $"the file is XML, but its root is \"{reader.Name}\" and not an SVG drawing");
        return PageSize(reader.GetAttribute("width"), reader.GetAttribute("height"), reader.GetAttribute("viewBox"));
    }

    private static (double Width, double Height) PageSize(string? widthText, string? heightText, string? viewBoxText)
    {
        var box = SvgLength.ViewBox(viewBoxText);
        var width = SvgLength.Pixels(widthText);
        var height = SvgLength.Pixels(heightText);
        if (box is not null && box[2] > 0 && box[3] > 0)
        {
            width ??= height is null ? box[2] : height * box[2] / box[3];
            height ??= width * box[3] / box[2];
        }
        else if (box is not null)
        {
            throw new ImageException(ImageFault.Corrupt, $"SVG: the viewBox \"{viewBoxText}\" has no area");
        }
        var page = (Width: width ?? DefaultWidth, Height: height ?? DefaultHeight);
        if (!(page.Width > 0 && page.Height > 0))
            throw new ImageException(ImageFault.Corrupt, string.Create(CultureInfo.InvariantCulture, $"SVG: the page is {page.Width}x{page.Height}"));
        if (page.Width > LargestSide || page.Height > LargestSide)
            throw new ImageException(ImageFault.TooManyPixels,
                string.Create(CultureInfo.InvariantCulture, $"SVG: the page is {page.Width}x{page.Height}, allowed are {LargestSide} a side"));
        return page;
    }
}
