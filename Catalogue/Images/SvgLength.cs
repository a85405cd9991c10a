using System.Globalization;

namespace Stickers.Catalogue.Images;

/// <summary>Reads numbers and lengths as SVG 1.1 (section 4.2) writes them.</summary>
internal static class SvgLength
{
    private const double PixelsPerInch = 96; // CSS Values 3, section 6.2

    /// <summary>CSS pixels; null for a percentage, a relative unit or nothing usable: the caller then has to derive the length.</summary>
    public static double? Pixels(string? text)
    {
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.Length;
        while (digits > 0 && (char.IsAsciiLetter(trimmed[digits - 1]) || trimmed[digits - 1] == '%')) digits--;
        // An exponent without unit, as in 1e3, ends in a digit and is whole; "1e" is not a number and fails below.
        if (!TryNumber(trimmed[..digits], out var number)) return null;
        return trimmed[digits..] switch
        {
            "" or "px" => number,
            "pt" => number * PixelsPerInch / 72,
            "pc" => number * PixelsPerInch / 6,
            "in" => number * PixelsPerInch,
            "cm" => number * PixelsPerInch / 2.54,
            "mm" => number * PixelsPerInch / 25.4,
            _ => null,
        };
    }

    /// <summary>The four numbers of a viewBox; null unless there are exactly four.</summary>
    public static double[]? ViewBox(string? text)
    {
        if (text is null) return null;
        var parts = text.Split([' ', ',', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (parts.Length != 4) return null;
        var numbers = new double[4];
        for (var i = 0; i < 4; i++)
        {
            if (!TryNumber(parts[i], out numbers[i])) return null;
        }
        return numbers;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && double.IsFinite(number);
}
