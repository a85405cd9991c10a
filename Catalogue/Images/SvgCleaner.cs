using System.Globalization;
using System.Text;
using System.Xml;

namespace Stickers.Catalogue.Images;

/// <summary>Copies SVG elements and attributes from a reader to a new document and leaves out what a still picture has no use for.</summary>
internal sealed class SvgCleaner
{
    private const int MaxElements = 30_000;
    private const int MaxDepth = 150;
    private const int MaxAttributeLetters = 4 << 20;

    private static readonly HashSet<string> Dropped = new(StringComparer.Ordinal)
    {
        "script", "foreignObject", "metadata", "title", "desc", "iframe", "audio", "video", "handler", "listener",
        "animate", "animateColor", "animateMotion", "animateTransform", "set", "cursor", "color-profile", "font", "font-face",
    };

    private readonly XmlReader _reader;
    private readonly XmlWriter _writer;
    private readonly string _namespace, _width, _height, _viewBox;
    private readonly SvgWork _work = new();
    private readonly Dictionary<string, string> _kept = new(StringComparer.Ordinal);
    private int _elements;

    private SvgCleaner(XmlReader reader, XmlWriter writer, double width, double height, double scale)
    {
        (_reader, _writer) = (reader, writer);
        (_width, _height) = (Text(width * scale), Text(height * scale));
        _viewBox = $"0 0 {Text(width)} {Text(height)}";
        _namespace = reader.NamespaceURI; // very old drawings have none
    }

    /// <summary>Reads from the root element, where <paramref name="reader"/> stands, to its end.</summary>
    /// <param name="reader">Stands on the root.</param>
    /// <param name="width">Page width, CSS pixels.</param>
    /// <param name="height">Page height, CSS pixels.</param>
    /// <param name="scale">What the page's size is multiplied by in the result.</param>
    /// <exception cref="ImageException">The drawing is too complex.</exception>
    public static (byte[] Drawing, double Work) Clean(XmlReader reader, double width, double height, double scale)
    {
        using var output = new MemoryStream();
        var settings = new XmlWriterSettings { OmitXmlDeclaration = true, Encoding = new UTF8Encoding(false) };
        using var writer = XmlWriter.Create(output, settings);
        var cleaner = new SvgCleaner(reader, writer, width, height, scale);
        cleaner.CopyRoot();
        writer.Flush();
        return (output.ToArray(), cleaner._work.Total());
    }

    private void CopyRoot()
    {
        var empty = _reader.IsEmptyElement;
        Start("svg", isRoot: true);
        if (!empty) CopyContent();
        _writer.WriteEndElement();
        while (_reader.Read()) { } // what follows the root must be well-formed too
    }

    private void CopyContent()
    {
        var depth = 1;
        while (depth > 0)
        {
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
                    Start(_reader.LocalName, isRoot: false);
                    depth++;
                    if (empty) End(ref depth);
                    break;
                case XmlNodeType.EndElement:
                    End(ref depth);
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.SignificantWhitespace or XmlNodeType.Whitespace:
                    _writer.WriteString(_reader.Value);
                    _work.Text(_reader.Value);
                    break;
            }
        }
    }

    private void End(ref int depth)
    {
        _work.Close();
        if (--depth > 0) _writer.WriteEndElement();
    }

    private bool IsKept() =>
        _reader.NamespaceURI == _namespace && !Dropped.Contains(_reader.LocalName)
        && (_reader.LocalName is not ("image" or "feImage") || SvgReferences.IsSmallBitmap(Href()) || Href()?.StartsWith('#') == true);

    private string? Href() => _reader.GetAttribute("href") ?? _reader.GetAttribute("href", SvgReferences.XLinkNamespace);

    /// <summary>Writes the current element's start with the attributes that are kept.</summary>
    private void Start(string element, bool isRoot)
    {
        _kept.Clear();
        var preserve = false;
        while (_reader.MoveToNextAttribute())
        {
            var (space, name, value) = (_reader.NamespaceURI, _reader.LocalName, _reader.Value);
            if (_reader.Prefix == "xml")
            {
                preserve |= name == "space" && value == "preserve";
            }
            else if (space.Length == 0 && IsKept(name, isRoot))
            {
                value = name == "style" ? SvgReferences.CleanStyle(value) : value;
                if (name == "filter" && !SvgReferences.IsFilterReference(value)) continue;
                if (SvgReferences.IsLocal(value)) _kept[name] = value;
            }
        }
        _reader.MoveToElement();
        // Only the reference that IsKept has judged; bitmaps are the only ones that may hold data.
        if (Href() is { } href && (href.StartsWith('#') || element is "image" or "feImage")) _kept["href"] = href;
        if (isRoot)
        {
            (_kept["width"], _kept["height"]) = (_width, _height);
            if (SvgLength.ViewBox(_kept.GetValueOrDefault("viewBox")) is null) _kept["viewBox"] = _viewBox;
        }
        if (_kept.Values.Sum(v => v.Length) is var letters && letters > MaxAttributeLetters)
            throw TooComplex($"an element has {letters} characters of attributes");

        _writer.WriteStartElement(element, SvgSource.Namespace);
        if (preserve) _writer.WriteAttributeString("xml", "space", null, "preserve");
        foreach (var (name, value) in _kept) _writer.WriteAttributeString(name, value);
        _work.Open(element, _kept);
    }

    /// <summary>Scripts and what rescales dashes go; the root's place and size are set anew.</summary>
    private static bool IsKept(string attribute, bool isRoot) =>
        attribute is not ("pathLength" or "xmlns" or "href") && !attribute.StartsWith("on", StringComparison.Ordinal)
        && !(isRoot && attribute is "x" or "y");

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
        var clean = SvgReferences.CleanStyle(sheet.ToString());
        _writer.WriteString(clean);
        _work.Sheet(clean);
        _writer.WriteEndElement();
    }

    private static string Text(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static ImageException TooComplex(string what) => new(ImageFault.TooComplex, $"SVG: {what}");
}
