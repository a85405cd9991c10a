using System.Text;

namespace Stickers.Storage;

/// <summary>What a key may look like, on every kind of store.</summary>
internal static class StoreKey
{
    /// <summary>Prefix of the names that writers use before they commit.</summary>
    internal const string TemporaryPrefix = ".tmp-";

    // A file name ends at 255 bytes, and the temporary name is 22 longer.
    private const int MaxSegmentBytes = 230;

    // An S3 key ends at 1,024 bytes; the rest is for the store's own prefix.
    private const int MaxBytes = 900;

    /// <summary>Order of keys on every store, which is how S3 and HDFS list them. UTF-16 order differs for what is beyond U+FFFF, such as emoji.</summary>
    internal static IComparer<string> Order { get; } = Comparer<string>.Create((a, b) =>
    {
        for (var i = 0; i < a.Length && i < b.Length; i++)
        {
            if (a[i] == b[i]) continue;
            var (first, second) = (char.IsSurrogate(a[i]), char.IsSurrogate(b[i]));
            // A code point beyond U+FFFF begins with a surrogate, and comes after all others.
            return first == second ? a[i].CompareTo(b[i]) : first ? 1 : -1;
        }

        return a.Length.CompareTo(b.Length);
    });

    /// <exception cref="ArgumentException">The key is empty, absolute, climbs out of the root or holds characters a file name may not.</exception>
    internal static void Check(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        if (FaultOf(key) is { } fault)
            throw new ArgumentException($"Key '{Printable(key)}' {fault}. Expected relative segments such as 'catalogues/demo/part-00000.parquet'.", nameof(key));
    }

    /// <exception cref="ArgumentException">No key can begin so.</exception>
    internal static void CheckPrefix(string prefix)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        var slash = prefix.LastIndexOf('/');
        if (slash >= 0) Check(prefix[..slash]);
    }

    /// <summary>Whether an object that the store did not write can be one of its own.</summary>
    internal static bool IsValid(string key) => key.Length > 0 && FaultOf(key) is null;

    private static string? FaultOf(string key) => key.Split('/').Select(Fault).FirstOrDefault(fault => fault is not null)
        ?? (Encoding.UTF8.GetByteCount(key) > MaxBytes ? $"has more than {MaxBytes} bytes" : null);

    private static string? Fault(string segment)
    {
        if (segment.Length == 0) return "is absolute or has an empty segment";
        if (segment is "." or "..") return $"has the segment '{segment}'";
        if (segment.Contains('\\')) return "holds a backslash";
        if (segment.Contains(':')) return "holds a colon, which HDFS does not take";
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
