using System.Globalization;

namespace Stickers.Catalogue;

/// <summary>When a sticker was made, as sources say it and files hold it: W3C-DTF, the profile of ISO 8601 that Dublin Core recommends.</summary>
public static class CreationTime
{
    /// <summary>What is expected, for messages.</summary>
    public const string Expected = "2024-05-31 or 2024-05-31T12:00:00Z";

    private const string Persisted = "yyyy-MM-dd'T'HH:mm:ss'Z'";

    private static readonly string[] Formats =
        ["yyyy", "yyyy-MM", "yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"];

    /// <summary>The moment in UTC, in whole seconds: of what is left open the earliest; without an offset it is taken for UTC. Null when the text is no such date.</summary>
    public static DateTime? Read(string? text) =>
        DateTime.TryParseExact(text, Formats, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time)
            ? new DateTime(time.Ticks - (time.Ticks % TimeSpan.TicksPerSecond), DateTimeKind.Utc)
            : null;

    /// <summary>The one form in which files and answers have it, e.g. <c>2024-05-31T12:00:00Z</c>; it sorts as time does.</summary>
    public static string Write(DateTime utc) => utc.ToString(Persisted, CultureInfo.InvariantCulture);
}
