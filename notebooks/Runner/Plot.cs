using System.Globalization;
using System.Net;
using System.Text;

namespace Stickers.Notebooks;

/// <summary>A plot of lines, points or bars, drawn as SVG.</summary>
/// <param name="title">What it shows.</param>
/// <param name="x">What is to the right.</param>
/// <param name="y">What is upwards.</param>
public sealed class Plot(string title, string x = "", string y = "")
{
    private const int Width = 640, Height = 360, Left = 60, Bottom = 46, Top = 34, Right = 150;

    private static readonly string[] Colours = ["#2a7de1", "#e07b1f", "#2ca05a", "#c0392b", "#8e5bd0", "#7f6a55", "#d04fa5", "#6b6b6b", "#a8a000", "#17a2b8"];

    private readonly List<(string Name, string Kind, IReadOnlyList<(double X, double Y, string Label)> Points)> _series = [];
    private bool _logX;

    /// <summary>What it shows.</summary>
    public string Title => title;

    /// <summary>Logarithmic to the right.</summary>
    public Plot LogX()
    {
        _logX = true;
        return this;
    }

    /// <summary>Adds a line through points.</summary>
    public Plot Line(string name, IEnumerable<(double X, double Y)> points) => Add(name, "line", points.Select(point => (point.X, point.Y, "")));

    /// <summary>Adds points; a label is shown when pointed at.</summary>
    public Plot Points(string name, IEnumerable<(double X, double Y, string Label)> points) => Add(name, "points", points);

    /// <summary>Adds bars, one beside the other, with their names.</summary>
    public Plot Bars(string name, IEnumerable<(string Label, double Value)> bars) => Add(name, "bars", bars.Select((bar, i) => ((double)i, bar.Value, bar.Label)));

    /// <inheritdoc/>
    public override string ToString()
    {
        var all = _series.SelectMany(series => series.Points).ToList();
        var bars = _series.Any(series => series.Kind == "bars");
        var (x0, x1) = Range(all.Select(point => Across(point.X)), bars ? 0.5 : 0);
        var (y0, y1) = Range(all.Select(point => point.Y).Concat(bars ? [0.0] : []), 0);
        double Px(double value) => Left + ((Across(value) - x0) / (x1 - x0) * (Width - Left - Right));
        double Py(double value) => Height - Bottom - ((value - y0) / (y1 - y0) * (Height - Top - Bottom));

        var svg = new StringBuilder();
        svg.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {Height}\" width=\"{Width}\" height=\"{Height}\" font-family=\"sans-serif\" font-size=\"11\">\n<rect width=\"{Width}\" height=\"{Height}\" fill=\"#fff\"/>\n");
        svg.Append($"<text x=\"{Left}\" y=\"18\" font-size=\"13\" font-weight=\"bold\">{Html(title)}</text>\n");
        for (var step = 0; step <= 4; step++)
        {
            var value = y0 + ((y1 - y0) * step / 4);
            svg.Append(CultureInfo.InvariantCulture, $"<line x1=\"{Left}\" x2=\"{Width - Right}\" y1=\"{Py(value):0.#}\" y2=\"{Py(value):0.#}\" stroke=\"#ddd\"/><text x=\"{Left - 6}\" y=\"{Py(value) + 4:0.#}\" text-anchor=\"end\" fill=\"#555\">{Tick(value)}</text>\n");
            if (bars) continue;
            var across = x0 + ((x1 - x0) * step / 4);
            var shown = _logX ? Math.Pow(10, across) : across;
            svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{Left + ((double)step / 4 * (Width - Left - Right)):0.#}\" y=\"{Height - Bottom + 16}\" text-anchor=\"middle\" fill=\"#555\">{Tick(shown)}</text>\n");
        }

        svg.Append(CultureInfo.InvariantCulture, $"<text x=\"{(Left + Width - Right) / 2}\" y=\"{Height - 6}\" text-anchor=\"middle\" fill=\"#555\">{Html(x)}</text><text x=\"14\" y=\"{(Top + Height - Bottom) / 2}\" text-anchor=\"middle\" fill=\"#555\" transform=\"rotate(-90 14 {(Top + Height - Bottom) / 2})\">{Html(y)}</text>\n");
        foreach (var (index, (name, kind, points)) in _series.Index())
        {
            var colour = Colours[index % Colours.Length];
            if (kind == "line") svg.Append($"<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"").AppendJoin(' ', points.Select(point => string.Create(CultureInfo.InvariantCulture, $"{Px(point.X):0.#},{Py(point.Y):0.#}"))).Append("\"/>\n");
            var width = (double)(Width - Left - Right) / Math.Max(1, points.Count);
            foreach (var point in points)
            {
                svg.Append(kind == "bars"
                    ? string.Create(CultureInfo.InvariantCulture, $"<rect x=\"{Px(point.X) - (width * 0.4):0.#}\" y=\"{Py(point.Y):0.#}\" width=\"{width * 0.8:0.#}\" height=\"{Py(0) - Py(point.Y):0.#}\" fill=\"{colour}\" fill-opacity=\"0.5\"><title>{Html(point.Label)}: {Tick(point.Y)}</title></rect>")
                    : string.Create(CultureInfo.InvariantCulture, $"<circle cx=\"{Px(point.X):0.#}\" cy=\"{Py(point.Y):0.#}\" r=\"{(kind == "line" ? 3 : 2)}\" fill=\"{colour}\" fill-opacity=\"0.75\"><title>{Html(point.Label)}</title></circle>"));
                if (kind == "bars" && points.Count <= 40)
                    svg.Append(CultureInfo.InvariantCulture, $"<text transform=\"translate({Px(point.X) + 4:0.#} {Height - Bottom - 4}) rotate(-90)\" fill=\"#222\">{Html(point.Label)}</text>");
                svg.Append('\n');
            }

            if (name.Length > 0) svg.Append(CultureInfo.InvariantCulture, $"<circle cx=\"{Width - Right + 14}\" cy=\"{Top + 8 + (index * 16)}\" r=\"4\" fill=\"{colour}\"/><text x=\"{Width - Right + 22}\" y=\"{Top + 12 + (index * 16)}\">{Html(name)}</text>\n");
        }

        return svg.Append("</svg>").ToString();
    }

    private Plot Add(string name, string kind, IEnumerable<(double, double, string)> points)
    {
        _series.Add((name, kind, [.. points]));
        return this;
    }

    private double Across(double value) => _logX ? Math.Log10(Math.Max(value, 1e-9)) : value;

    private static (double From, double To) Range(IEnumerable<double> values, double margin)
    {
        var (from, to) = (double.MaxValue, double.MinValue);
        foreach (var value in values) (from, to) = (Math.Min(from, value), Math.Max(to, value));
        if (from > to) return (0, 1);
        return from == to ? (from - 0.5, to + 0.5) : (from - margin, to + margin);
    }

    private static string Tick(double value) => Math.Abs(value) switch
    {
        >= 1000 => value.ToString("#,0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("0.#", CultureInfo.InvariantCulture),
        _ => value.ToString("0.##", CultureInfo.InvariantCulture),
    };

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
