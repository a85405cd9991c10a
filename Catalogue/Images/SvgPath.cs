using System.Globalization;

namespace Stickers.Catalogue.Images;

/// <summary>How much work an outline is, read from its numbers alone; scaling it changes neither figure's meaning.</summary>
/// <param name="Vertices">End and control points.</param>
/// <param name="Length">Length of the control polygon, user units: never shorter than the curve.</param>
/// <param name="Crossings">How many edges a line across the outline meets on average: what scan conversion sorts in each row.</param>
internal readonly record struct SvgPath(int Vertices, double Length, double Crossings)
{
    /// <summary>Measures the data of a path element. What cannot be read ends the outline, as renderers have it.</summary>
    public static SvgPath OfData(string data)
    {
        var pen = new Pen();
        Span<double> p = stackalloc double[7];
        var at = 0;
        var command = '\0';
        while (true)
        {
            SkipSeparators(data, ref at);
            if (at >= data.Length) break;
            if (char.IsAsciiLetter(data[at])) command = data[at++];
            var relative = char.IsAsciiLetterLower(command);
            var kind = char.ToUpperInvariant(command);
            if (kind == 'Z')
            {
                pen.Close();
                continue;
            }
            var count = kind switch { 'H' or 'V' => 1, 'M' or 'L' or 'T' => 2, 'Q' or 'S' => 4, 'C' => 6, 'A' => 7, _ => 0 };
            if (count == 0 || !Read(data, ref at, p[..count], arc: kind == 'A')) break;
            var (x, y) = relative ? (pen.X, pen.Y) : (0, 0);
            switch (kind)
            {
                case 'H': pen.Line(x + p[0], pen.Y); break;
                case 'V': pen.Line(pen.X, y + p[0]); break;
                case 'M':
                    pen.Move(x + p[0], y + p[1]);
                    command = relative ? 'l' : 'L';
                    break;
                case 'A':
                    pen.Arc(Math.Abs(p[0]), Math.Abs(p[1]), x + p[5], y + p[6]);
                    break;
                default:
                    for (var i = 0; i < count; i += 2) pen.Line(x + p[i], y + p[i + 1]);
                    break;
            }
        }
        return pen.Result();
    }

    /// <summary>Measures the points of a polygon or polyline.</summary>
    public static SvgPath OfPoints(string points)
    {
        var pen = new Pen();
        Span<double> p = stackalloc double[2];
        for (var at = 0; Read(points, ref at, p, arc: false);)
        {
            if (pen.IsEmpty) pen.Move(p[0], p[1]);
            else pen.Line(p[0], p[1]);
        }
        pen.Close();
        return pen.Result();
    }

    private static bool Read(string text, ref int at, Span<double> numbers, bool arc)
    {
        for (var i = 0; i < numbers.Length; i++)
        {
            SkipSeparators(text, ref at);
            var start = at;
            if (arc && i is 3 or 4) at = Math.Min(at + 1, text.Length); // flags are one digit and may touch what follows
            else SkipNumber(text, ref at);
            if (!double.TryParse(text.AsSpan(start, at - start), NumberStyles.Float, CultureInfo.InvariantCulture, out numbers[i])) return false;
        }
        return true;
    }

    private static void SkipSeparators(string text, ref int at)
    {
        while (at < text.Length && text[at] is ' ' or ',' or '\t' or '\r' or '\n') at++;
    }

    private static void SkipNumber(string text, ref int at)
    {
        var dot = false;
        if (at < text.Length && text[at] is '+' or '-') at++;
        for (; at < text.Length; at++)
        {
            if (text[at] == '.' && !dot) dot = true;
            else if (text[at] is 'e' or 'E' && at + 1 < text.Length && (char.IsAsciiDigit(text[at + 1]) || text[at + 1] is '+' or '-')) at++;
            else if (!char.IsAsciiDigit(text[at])) break;
        }
    }

    /// <summary>Follows the outline and sums up its travel.</summary>
    private struct Pen
    {
        private double _startX, _startY, _travelX, _travelY, _length;
        private double _left, _right, _top, _bottom;
        private int _vertices;

        public double X { get; private set; }

        public double Y { get; private set; }

        public readonly bool IsEmpty => _vertices == 0;

        public void Move(double x, double y)
        {
            (_startX, _startY) = (x, y);
            Visit(x, y);
        }

        public void Line(double x, double y)
        {
            double dx = Math.Abs(x - X), dy = Math.Abs(y - Y);
            _travelX += dx;
            _travelY += dy;
            _length += dx + dy;
            Visit(x, y);
        }

        public void Arc(double rx, double ry, double x, double y)
        {
            _travelX += 4 * rx;
            _travelY += 4 * ry;
            _length += 4 * (rx + ry);
            Line(x, y);
        }

        public void Close() => Line(_startX, _startY);

        public readonly SvgPath Result()
        {
            var (width, height) = (_right - _left, _bottom - _top);
            var crossings = Math.Max(width > 0 ? _travelX / width : 0, height > 0 ? _travelY / height : 0);
            var most = 2.0 * _vertices; // also where coordinates are beyond all numbers
            return new SvgPath(_vertices, _length, crossings <= most ? crossings : most);
        }

        private void Visit(double x, double y)
        {
            (X, Y) = (x, y);
            if (_vertices++ == 0)
            {
                (_left, _right, _top, _bottom) = (x, x, y, y);
                return;
            }
            (_left, _right) = (Math.Min(_left, x), Math.Max(_right, x));
            (_top, _bottom) = (Math.Min(_top, y), Math.Max(_bottom, y));
        }
    }
}
