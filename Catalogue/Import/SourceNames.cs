namespace Stickers.Catalogue.Import;

/// <summary>Names of files as sources, archives and records give them: which are images, which are safe.</summary>
internal static class SourceNames
{
    // Formats that we decode, and those that people take for stickers: the latter are offered, and quarantined with a reason.
    private static readonly HashSet<string> ImageExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".png", ".apng", ".jpg", ".jpeg", ".jpe", ".jfif", ".webp", ".gif", ".svg", ".svgz",
        ".avif", ".bmp", ".dib", ".emf", ".eps", ".heic", ".heif", ".ico", ".jp2", ".jxl", ".lottie", ".pcx", ".psd", ".tga", ".tgs", ".tif", ".tiff", ".webm", ".wmf", ".xcf",
    };

    internal static bool IsImage(string name) => ImageExtensions.Contains(Path.GetExtension(name));

    internal static bool IsJsonLines(string name) => Path.GetExtension(name).Equals(".jsonl", StringComparison.OrdinalIgnoreCase);

    internal static bool IsZip(string name) => Path.GetExtension(name).Equals(".zip", StringComparison.OrdinalIgnoreCase);

    /// <summary>Hidden files, and the shadows that macOS puts into archives.</summary>
    internal static bool IsHidden(string path) => path.Split('/').Any(segment => segment == "__MACOSX" || (segment.StartsWith('.') && segment is not ("." or "..")));

    /// <summary>Why a relative '/'-separated name must not be used to reach a file, or null when it may.</summary>
    internal static string? Fault(string name)
    {
        if (name.Length == 0) return "is empty";
        if (name.StartsWith('/') || (name.Length > 1 && name[1] == ':')) return "is absolute";
        if (name.Contains('\\')) return "holds a backslash";
        if (name.Any(char.IsControl)) return "holds a control character";
        return name.Split('/').Any(segment => segment is "" or "." or "..") ? "leaves its folder or has empty segments" : null;
    }

    /// <summary>A name that came from outside, fit for a key or a message: no control characters, not endless.</summary>
    internal static string Printable(string name)
    {
        var clean = string.Concat(name.EnumerateRunes().Select(rune => System.Text.Rune.IsControl(rune) ? "\uFFFD" : rune.ToString()));
        return clean.Length <= 300 ? clean : $"{clean[..299]}…";
    }

    /// <summary>Folder part of a '/'-separated path, empty at the top.</summary>
    internal static string FolderOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    internal static string Join(string folder, string name) => folder.Length == 0 ? name : $"{folder}/{name}";
}
