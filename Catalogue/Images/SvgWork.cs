using System.Globalization;
using System.Text.RegularExpressions;

namespace Stickers.Catalogue.Images;

/// <summary>
/// Estimates, before rendering, how long a drawing can take at most, because librsvg cannot be stopped once it draws. References
/// are followed as they will be drawn, so a small file that draws its parts a billion times is seen through. One unit is 0.1 ms of
/// one core for something that covers a canvas of 576x576, as measured with librsvg 2.6x; real drawings cover much less.
/// </summary>
internal sealed partial class SvgWork
{
    /// <summary>Units allowed: about ten seconds.</summary>
    public const double MaxUnits = 100_000;

    /// <summary>Units of one second.</summary>
    public const double UnitsPerSecond = 10_000;

    private const int MaxReach = 200;

    private const double Shape = 3, Gradient = 30, GradientStop = 0.02, Pattern = 1800, Mask = 30, Blend = 60, Clip = 2, Bitmap = 1000;
    private const double Character = 5, SquaredCrossing = 0.006, Vertex = 0.05, Dash = 0.005;
    private const double FilterStep = 500, Turbulence = 1500, Morphology = 13_000, SquaredKernel = 32, StyleRule = 0.01, Combinator = 0.1;

    private readonly Dictionary<string, SvgElement> _byId = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<string>> _byClass = new(StringComparer.Ordinal);
    private readonly List<string> _everywhere = [];
    private readonly Stack<SvgElement> _path = [];
    private SvgElement? _root;
    private int _elements;
    private double _styling, _inheritedDash = double.PositiveInfinity, _undashedLength;

    /// <summary>Enters an element with its attributes.</summary>
    public void Open(string name, IReadOnlyDictionary<string, string> attributes)
    {
        _elements++;
        var element = new SvgElement(name) { Own = 1, Id = attributes.GetValueOrDefault("id") };
        if (element.Id is not null) _byId.TryAdd(element.Id, element);
        if (_path.TryPeek(out var parent)) parent.Children.Add(element);
        _path.Push(element);
        _root ??= element;

        if (element.IsShape) element.Own = Shape;
        if (name == "stop") element.Own = GradientStop;
        if (name == "image") element.Own = Bitmap;
        if (element.IsFilterStep) element.Own = FilterWork(name, attributes);
        var outline = Outline(name, attributes);
        element.Vertices = outline.Vertices;
        element.Own += Vertex * outline.Vertices + SquaredCrossing * outline.Crossings * outline.Crossings;
        var dash = double.PositiveInfinity;

        foreach (var (key, value) in attributes)
        {
            if (key == "href" && name != "a" && value.StartsWith('#')) element.References.Add(value[1..]);
            if (key == "class") element.Classes = value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
            if (value.Contains("url", StringComparison.OrdinalIgnoreCase)) element.References.AddRange(Ids(value));
            if (key is "stroke-dasharray" or "style") dash = Math.Min(dash, ShortestDash(key == "style" ? value : $"{key}:{value}"));
            if (key is "style" or "mix-blend-mode" && value.Contains("blend-mode", StringComparison.OrdinalIgnoreCase)) element.Own += Blend;
        }
        if (!element.IsShape) _inheritedDash = Math.Min(_inheritedDash, dash);
        else if (double.IsFinite(dash)) element.Own += Dash * outline.Length / dash;
        else _undashedLength += outline.Length;
    }

    /// <summary>Leaves the element entered last.</summary>
    public void Close() => _path.Pop();

    /// <summary>Counts characters of text in the current element.</summary>
    public void Text(string text)
    {
        if (_path.TryPeek(out var element) && element.IsShape) element.Own += Character * text.AsSpan().Trim().Length;
    }

    /// <summary>Notes what a style sheet refers to.</summary>
    public void Sheet(string sheet)
    {
        _inheritedDash = Math.Min(_inheritedDash, ShortestDash(sheet));
        if (sheet.Contains("blend-mode", StringComparison.OrdinalIgnoreCase)) _styling += Blend;
        foreach (Match rule in Rule().Matches(sheet))
        {
            _styling += StyleRule + rule.Groups[1].Value.Trim().Sum(c => c is ',' ? StyleRule : char.IsWhiteSpace(c) || c is '>' or '+' or '~' ? Combinator : 0);
            var ids = Ids(rule.Groups[2].Value).ToArray();
            if (ids.Length == 0) continue;
            var classes = Class().Matches(rule.Groups[1].Value);
            if (classes.Count == 0) _everywhere.AddRange(ids);
            foreach (Match name in classes)
            {
                if (!_byClass.TryGetValue(name.Groups[1].Value, out var list)) _byClass[name.Groups[1].Value] = list = [];
                list.AddRange(ids);
            }
        }
    }

    /// <summary>Adds everything up once the root has been left.</summary>
    /// <exception cref="ImageException">The drawing refers to itself, or is too much work.</exception>
    public double Total()
    {
        var work = Add(_root!, 0).Work + _styling * _elements;
        if (double.IsFinite(_inheritedDash)) work += Dash * _undashedLength / _inheritedDash;
        return work <= MaxUnits ? work : throw TooMuch(work, MaxUnits);
    }

    /// <summary>What is said of too much work.</summary>
    public static ImageException TooMuch(double work, double allowed) =>
        TooComplex(string.Create(CultureInfo.InvariantCulture, $"it could take {work / UnitsPerSecond:F0} seconds to draw, allowed are {allowed / UnitsPerSecond:0.#}"));

    private SvgTotal Add(SvgElement element, int reach)
    {
        if (element.Total is { } known) return known;
        if (element.IsOpen) throw TooComplex($"\"{element.Id}\" refers to itself");
        if (reach > MaxReach) throw TooDeep();
        element.IsOpen = true;
        var depth = 0;
        double work = element.Own, shapes = element.IsShape ? 1 : 0, vertices = element.Vertices;
        foreach (var child in element.Children)
        {
            var inner = Add(child, reach + 1);
            depth = Math.Max(depth, inner.Depth);
            if (child.IsDefinition) continue;
            work += inner.Work;
            shapes += inner.Shapes;
            vertices += inner.Vertices;
        }
        foreach (var id in References(element))
        {
            if (!_byId.TryGetValue(id, out var target)) continue;
            var drawn = Add(target, reach + 1);
            depth = Math.Max(depth, drawn.Depth);
            work += target.Name switch
            {
                // Paints and markers are inherited: each shape within draws with them.
                "linearGradient" or "radialGradient" => (Gradient + drawn.Work) * Math.Max(1, shapes),
                "pattern" => (Pattern + drawn.Work) * Math.Max(1, shapes),
                "marker" => drawn.Work * vertices,
                "mask" => Mask + drawn.Work,
                "clipPath" => Clip + drawn.Work,
                _ => drawn.Work,
            };
            if (element.Name != "use") continue;
            shapes += drawn.Shapes;
            vertices += drawn.Vertices;
        }
        element.IsOpen = false;
        if (depth >= MaxReach) throw TooDeep(); // parts added up before are not walked again
        element.Total = new SvgTotal(work, shapes, vertices, depth + 1);
        return element.Total.Value;
    }

    private IEnumerable<string> References(SvgElement element) =>
        element.References.Concat(element.IsShape || element.Name is "g" or "use" ? _everywhere : [])
            .Concat(element.Classes.SelectMany(c => _byClass.GetValueOrDefault(c) ?? []));

    private static SvgPath Outline(string name, IReadOnlyDictionary<string, string> attributes)
    {
        return name switch
        {
            "path" => SvgPath.OfData(attributes.GetValueOrDefault("d", "")),
            "polygon" or "polyline" => SvgPath.OfPoints(attributes.GetValueOrDefault("points", "")),
            "rect" => new SvgPath(4, 2 * (Number("width") + Number("height")), 2),
            "circle" => new SvgPath(4, 7 * Number("r"), 2),
            "ellipse" => new SvgPath(4, 4 * (Number("rx") + Number("ry")), 2),
            "line" => new SvgPath(2, Math.Abs(Number("x2") - Number("x1")) + Math.Abs(Number("y2") - Number("y1")), 2),
            _ => default,
        };

        double Number(string key) => SvgLength.Pixels(attributes.GetValueOrDefault(key)) ?? 0;
    }

    private static double FilterWork(string name, IReadOnlyDictionary<string, string> attributes)
    {
        if (name == "feTurbulence") return Turbulence;
        if (name == "feMorphology") return Morphology;
        if (name != "feConvolveMatrix") return FilterStep;
        var order = attributes.GetValueOrDefault("order", "3").Split([' ', ','], StringSplitOptions.RemoveEmptyEntries)
            .Select(n => double.TryParse(n, NumberStyles.Float, CultureInfo.InvariantCulture, out var side) ? side : 3).DefaultIfEmpty(3).Max();
        return FilterStep + SquaredKernel * order * order;
    }

    /// <summary>
    /// The shortest period of dashes in style text; infinite if there are none. Units are left out of account: the common ones only
    /// make dashes longer than assumed.
    /// </summary>
    private static double ShortestDash(string style)
    {
        if (!style.Contains("stroke-dasharray", StringComparison.OrdinalIgnoreCase)) return double.PositiveInfinity;
        return DashDeclaration().Matches(style)
            .Select(dashes => Number().Matches(dashes.Groups[1].Value).Sum(Value))
            .Where(period => period > 0) // all zero draws a solid line
            .DefaultIfEmpty(double.PositiveInfinity).Min();

        static double Value(Match number) =>
            double.Parse(number.Groups[1].Value, NumberStyles.Float, CultureInfo.InvariantCulture) / (number.Groups[2].Length > 0 ? 100 : 1);
    }

    private static IEnumerable<string> Ids(string value) => Url().Matches(value).Select(m => m.Groups[1].Value);

    private static ImageException TooDeep() => TooComplex($"references and elements nest more than {MaxReach} deep");

    private static ImageException TooComplex(string what) => new(ImageFault.TooComplex, $"SVG: {what}");

    [GeneratedRegex("""url\s*\(["'\s]*#([^"')\s]*)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex Url();

    [GeneratedRegex("""([^{}]*)\{([^{}]*)\}""")]
    private static partial Regex Rule();

    [GeneratedRegex("""\.([A-Za-z0-9_-]+)""")]
    private static partial Regex Class();

    [GeneratedRegex("""stroke-dasharray\s*:([^;}]*)""", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex DashDeclaration();

    [GeneratedRegex("""([0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]+)?)(%?)""")]
    private static partial Regex Number();
}
