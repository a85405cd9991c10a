using System.Text;
using System.Xml;

namespace Stickers.Catalogue.Images;

/// <summary>
/// A drawing made safe to render: parsed and written anew with only SVG's own elements and attributes. What could reach outside
/// (DOCTYPE, entities, processing instructions, scripts, foreign content, external references, style imports) is left out
/// rather than refused: the drawing imports without it. Small embedded bitmaps stay.
/// </summary>
internal sealed class SvgDocument
{
    /// <summary>Pages of a micrometre or a mile come to one size, which keeps the renderer's arithmetic sound.</summary>
    private const double PageUnits = 1000;

    private SvgDocument(double width, double height, double work, double maxWork, byte[] drawing) =>
        (Width, Height, Work, MaxWork, Drawing) = (width, height, work, maxWork, drawing);

    /// <summary>Page width, in units of which the longer side has a thousand.</summary>
    public double Width { get; }

    /// <summary>Page height, in the same units.</summary>
    public double Height { get; }

    /// <summary>What rendering it once can cost at most, in the units of <see cref="SvgWork"/>.</summary>
    public double Work { get; }

    /// <summary>What rendering it once may cost.</summary>
    public double MaxWork { get; }

    /// <summary>One svg element with the page's size, UTF-8, without XML declaration.</summary>
    public byte[] Drawing { get; }

    /// <summary>Parses and cleans a drawing.</summary>
    /// <exception cref="ImageException">Not XML, not SVG, or too complex.</exception>
    public static SvgDocument Read(ReadOnlySpan<byte> file, ImageLimits limits)
    {
        var xml = SvgSource.Unpack(file, limits);
        using var reader = SvgSource.OpenXml(xml, limits);
        var (width, height) = SvgHeader.ReadRoot(reader, xml);
        var scale = PageUnits / Math.Max(width, height);
        try
        {
            var (drawing, work) = SvgCleaner.Clean(reader, width, height, scale);
            var allowed = Math.Min(SvgWork.MaxUnits, limits.MaxDrawingSeconds * SvgWork.UnitsPerSecond ?? SvgWork.MaxUnits);
            return work <= allowed ? new SvgDocument(width * scale, height * scale, work, allowed, drawing) : throw SvgWork.TooMuch(work, allowed);
        }
        catch (XmlException fault)
        {
            throw SvgSource.Fault(fault, xml);
        }
        catch (ArgumentException fault) // the writer's word for a lone surrogate
        {
            throw new ImageException(ImageFault.Corrupt, $"SVG: {fault.Message}", fault);
        }
    }

    /// <summary>The drawing in a frame that shows one region of the page at a given size.</summary>
    public byte[] Framed(SvgRegion region, int width, int height)
    {
        var open = FormattableString.Invariant($"<svg xmlns=\"{SvgSource.Namespace}\" width=\"{width}\" height=\"{height}\" viewBox=\"{region.X:R} {region.Y:R} {region.Width:R} {region.Height:R}\" preserveAspectRatio=\"none\">");
        return [.. Encoding.UTF8.GetBytes(open), .. Drawing, .. "</svg>"u8];
    }
}

/// <summary>A rectangle of the page, in its units.</summary>
internal readonly record struct SvgRegion(double X, double Y, double Width, double Height);
