using System.Text;

namespace Stickers.Storage;

/// <summary>What a key may look like, on every kind of store.</summary>
internal static class StoreKey
{
    /// <summary>Prefix of the names that writers use before they commit.</summary>
    internal const string TemporaryPrefix = ".tmp-";

    // A file name ends at 255 bytes, and the temporary name is 22 longer.
    private const int MaxSegmentBytes = 230;

    /// <exception cref="ArgumentException">The key is empty, absolute, climbs out of the root or holds characters a file name may not.</exception>
    internal static void Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        foreach (var segment in key.Split('/'))
        {
            if (Fault(segment) is { } fault)
                throw new ArgumentException($"Key '{Printable(key)}' {fault}. Expected relative segments such as 'catalogues/demo/part-00000.parquet'.", nameof(key));
        }
    }

    private static string? Fault(string segment)
    {
        if (segment.Length == 0) return "is absolute or has an empty segment";
        if (segment is "." or "..") return $"has the segment '{segment}'";
        if (segment.Contains('\\')) return "holds a backslash";
        if (segment.Any(char.IsControl)) return "holds a control character";
        if (segment.StartsWith(TemporaryPrefix, StringComparison.Ordinal)) return $"has a segment that starts with the reserved '{TemporaryPrefix}'";
        if (!IsWellFormed(segment)) return "holds half of a surrogate pair";
        return Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes ? $"has a segment of more than {MaxSegmentBytes} bytes" : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!char.IsSurrogate(text[i])) continue;
            if (!(i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]))) return false;
            i++;
        }

        return true;
    }

    private static string Printable(string key) => string.Concat(key.Select(c => char.IsControl(c) ? '\uFFFD' : c));
}
