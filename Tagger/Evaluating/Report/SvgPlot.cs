using System.Globalization;
using System.Net;
using System.Text;

namespace Stickers.Tagger.Evaluating.Report;

/// <summary>
/// A small plot as inline SVG: no fonts, scripts or files beside it, the same bytes for the same figures. Both axes show
/// 0 to a given maximum.
/// </summary>
internal sealed class SvgPlot
{
    private const double Left = 48, Top = 12, Width = 380, Height = 240;

    private readonly StringBuilder _marks = new();
    private readonly StringBuilder _legend = new();
    private readonly double _maxX;
    private readonly double _maxY;
    private readonly string _frame;
    private int _series;

    public SvgPlot(string xTitle, string yTitle, double maxX = 1, double maxY = 1, Func<double, string>? xLabel = null, Func<double, string>? yLabel = null)
    {
        (_maxX, _maxY) = (maxX, maxY);
        var frame = new StringBuilder();
        const int Steps = 5;
        for (var i = 0; i <= Steps; i++)
        {
            double x = maxX * i / Steps, y = maxY * i / Steps;
            frame.Append($"<path class=\"grid\" d=\"M{X(x)} {Number(Top)}v{Number(Height)}M{Number(Left)} {Y(y)}h{Number(Width)}\"/>");
            frame.Append($"<text x=\"{X(x)}\" y=\"{Number(Top + Height + 16)}\" text-anchor=\"middle\">{(xLabel ?? Short)(x)}</text>");
            frame.Append($"<text x=\"{Number(Left - 6)}\" y=\"{Number(Top + Height - Height * i / Steps + 4)}\" text-anchor=\"end\">{(yLabel ?? Short)(y)}</text>");
        }
        frame.Append($"<text x=\"{Number(Left + Width / 2)}\" y=\"{Number(Top + Height + 34)}\" text-anchor=\"middle\">{Escape(xTitle)}</text>");
        frame.Append($"<text transform=\"translate(12 {Number(Top + Height / 2)}) rotate(-90)\" text-anchor=\"middle\">{Escape(yTitle)}</text>");
        _frame = frame.ToString();
    }

    /// <summary>A polyline with its name in the legend.</summary>
    public SvgPlot Line(string name, IEnumerable<(double X, double Y)> points, bool dots = false)
    {
        var list = points.ToList();
        if (list.Count > 0)
            _marks.Append($"<path class=\"s{_series}\" d=\"M{string.Join('L', list.Select(point => $"{X(point.X)} {Y(point.Y)}"))}\"/>");
        foreach (var point in list.Where(_ => dots))
            _marks.Append($"<circle class=\"s{_series}\" cx=\"{X(point.X)}\" cy=\"{Y(point.Y)}\" r=\"3\"/>");
        var y = Top + Height + 52 + 16 * _series;
        _legend.Append($"<path class=\"s{_series}\" d=\"M{Number(Left)} {Number(y - 4)}h20\"/><text x=\"{Number(Left + 26)}\" y=\"{Number(y)}\">{Escape(name)}</text>");
        _series++;
        return this;
    }

    /// <summary>The diagonal that perfect calibration would follow.</summary>
    public SvgPlot Diagonal()
    {
        _marks.Append($"<path class=\"ideal\" d=\"M{X(0)} {Y(0)}L{X(_maxX)} {Y(_maxY)}\"/>");
        return this;
    }

    /// <summary>Bars from the x axis, each with a title that shows when pointed at.</summary>
    public SvgPlot Bars(IEnumerable<(double From, double To, double Y, string Title)> bars)
    {
        foreach (var bar in bars)
        {
            var left = Left + Width * bar.From / _maxX;
            var width = Math.Max(0.5, Width * (bar.To - bar.From) / _maxX - 0.5);
            var height = Height * Math.Clamp(bar.Y / _maxY, 0, 1);
            _marks.Append($"<rect class=\"bar\" x=\"{Number(left)}\" y=\"{Number(Top + Height - height)}\" width=\"{Number(width)}\" height=\"{Number(height)}\"><title>{Escape(bar.Title)}</title></rect>");
        }
        return this;
    }

    public override string ToString()
    {
        var height = Top + Height + 46 + 16 * _series;
        return $"<svg viewBox=\"0 0 {Number(Left + Width + 16)} {Number(height)}\" role=\"img\">{_frame}{_marks}{_legend}</svg>";
    }

    private string X(double x) => Number(Left + Width * x / _maxX);

    private string Y(double y) => Number(Top + Height - Height * y / _maxY);

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);

    private static string Escape(string text) => WebUtility.HtmlEncode(text);
}
