using System.Globalization;
using System.Text;
using System.Xml;

namespace Stickers.Catalogue.Images;

/// <summary>Copies SVG elements and attributes from a reader to a new document and leaves out what a still picture has no use for.</summary>
internal sealed class SvgCleaner
{
    private const int MaxElements = 100_000;
    private const int MaxDepth = 200;

    private static readonly HashSet<string> Dropped = new(StringComparer.Ordinal)
    {
        "script", "foreignObject", "metadata", "title", "desc", "iframe", "audio", "video", "handler", "listener",
        "animate", "animateColor", "animateMotion", "animateTransform", "set", "cursor", "color-profile",
    };

    private readonly XmlReader _reader;
    private readonly XmlWriter _writer;
    private readonly string _namespace;
    private int _elements;

    private SvgCleaner(XmlReader reader, XmlWriter writer)
    {
        (_reader, _writer) = (reader, writer);
        _namespace = reader.NamespaceURI; // very old drawings have none
    }

    /// <summary>Reads from the root element, where <paramref name="reader"/> stands, to its end.</summary>
    public static byte[] Clean(XmlReader reader, double width, double height)
    {
        using var output = new MemoryStream();
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(false) };
        using (var writer = XmlWriter.Create(output, settings))
        {
            new SvgCleaner(reader, writer).CopyRoot(width, height);
        }
        return output.ToArray();
    }

    private void CopyRoot(double width, double height)
    {
        var empty = _reader.IsEmptyElement;
        _writer.WriteStartElement("svg", SvgSource.Namespace);
        CopyAttributes("svg", skipSize: true);
        _writer.WriteAttributeString("width", width.ToString("R", CultureInfo.InvariantCulture));
        _writer.WriteAttributeString("height", height.ToString("R", CultureInfo.InvariantCulture));
        if (!empty) CopyContent();
        _writer.WriteEndElement();
        while (_reader.Read()) { } // what follows the root must be well-formed too
    }

    private void CopyContent()
    {
        var depth = 1;
        while (depth > 0)
        {
            // Skip() moves on to the next node itself; Read() must then not be called again.
            if (!_reader.Read()) throw new XmlException("Unexpected end of file: elements are not closed.");
            while (_reader.NodeType == XmlNodeType.Element && !IsKept()) _reader.Skip();
            switch (_reader.NodeType)
            {
                case XmlNodeType.Element when _reader.LocalName == "style":
                    WriteStyle();
                    break;
                case XmlNodeType.Element:
                    if (++_elements > MaxElements) throw TooComplex($"more than {MaxElements} elements");
                    if (depth >= MaxDepth) throw TooComplex($"elements nested more than {MaxDepth} deep");
                    var empty = _reader.IsEmptyElement;
                    var name = _reader.LocalName;
                    _writer.WriteStartElement(name, SvgSource.Namespace);
                    CopyAttributes(name, skipSize: false);
                    if (empty) _writer.WriteEndElement();
                    else depth++;
                    break;
                case XmlNodeType.EndElement:
                    if (--depth > 0) _writer.WriteEndElement();
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    _writer.WriteString(_reader.Value);
                    break;
            }
        }
    }

    private bool IsKept() =>
        _reader.NamespaceURI == _namespace && !Dropped.Contains(_reader.LocalName)
        && (_reader.LocalName is not ("image" or "feImage") || SvgReferences.IsSmallBitmap(Href()) || Href()?.StartsWith('#') == true);

    private string? Href() => _reader.GetAttribute("href") ?? _reader.GetAttribute("href", SvgReferences.XLinkNamespace);

    private void CopyAttributes(string element, bool skipSize)
    {
        var hasHref = false;
        while (_reader.MoveToNextAttribute())
        {
            var (space, name, value) = (_reader.NamespaceURI, _reader.LocalName, _reader.Value);
            if (space.Length == 0 && name.Length > 2 && name.StartsWith("on", StringComparison.Ordinal)) continue;
            if (name == "href" && (space.Length == 0 || space == SvgReferences.XLinkNamespace))
            {
                var allowed = value.StartsWith('#') || element is "image" or "feImage";
                if (!hasHref && allowed) _writer.WriteAttributeString("href", value);
                hasHref |= allowed;
            }
            else if (name == "space" && _reader.Prefix == "xml")
            {
                _writer.WriteAttributeString("xml", "space", null, value);
            }
            else if (space.Length == 0 && !(skipSize && name is "width" or "height" or "x" or "y"))
            {
                value = name == "style" ? SvgReferences.CleanStyle(value) : value;
                if (SvgReferences.IsLocal(value)) _writer.WriteAttributeString(name, value);
            }
        }
        _reader.MoveToElement();
    }

    private void WriteStyle()
    {
        if (_reader.IsEmptyElement) return;
        var sheet = new StringBuilder();
        var inner = _reader.Depth;
        while (_reader.Read() && _reader.Depth > inner)
        {
            if (_reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace)
                sheet.Append(_reader.Value);
        }
        _writer.WriteStartElement("style", SvgSource.Namespace);
        _writer.WriteAttributeString("type", "text/css");
        _writer.WriteString(SvgReferences.CleanStyle(sheet.ToString()));
        _writer.WriteEndElement();
    }

    private static ImageException TooComplex(string what) => new(ImageFault.TooComplex, $"SVG: {what}");
}
