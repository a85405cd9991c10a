using System.Globalization;

namespace Stickers.Cli.Terminal;

/// <summary>Numbers as people read them.</summary>
internal static class Quantity
{
    public static string Count(double value) => Math.Round(value).ToString("N0", CultureInfo.InvariantCulture);

    public static string Rate(double perSecond) => perSecond.ToString(perSecond >= 10 ? "N0" : "0.0", CultureInfo.InvariantCulture);

    public static string Bytes(double bytes) => bytes switch
    {
        >= 1L << 30 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 30):0.00} GiB"),
        >= 1L << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1L << 20):0.0} MiB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024:0} KiB"),
    };

    /// <summary>Reads a size such as <c>512MiB</c> or <c>8GiB</c>; a number alone is bytes.</summary>
    public static bool TryParseBytes(string? text, out long bytes)
    {
        bytes = 0;
        if (text is null) return false;
        (string Unit, int Shift)[] units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("", 0)];
        var (unit, shift) = units.First(known => text.EndsWith(known.Unit, StringComparison.OrdinalIgnoreCase));
        if (!double.TryParse(text[..^unit.Length].Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out var number) || !(number > 0 && number < Math.Pow(2, 62 - shift))) return false;
        bytes = (long)(number * (1L << shift));
        return bytes > 0;
    }

    public static string Duration(TimeSpan time) => time switch
    {
        { TotalHours: >= 1 } => $"{(int)time.TotalHours} h {time.Minutes:00} min",
        { TotalMinutes: >= 1, Seconds: 0 } => $"{time.Minutes} min",
        { TotalMinutes: >= 1 } => $"{time.Minutes} min {time.Seconds:00} s",
        { TotalSeconds: >= 10 } => $"{time.TotalSeconds:0} s",
        _ => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
    };

    public static string Share(double share) => share.ToString("0.000", CultureInfo.InvariantCulture);
}
