using System.Runtime.CompilerServices;

namespace Stickers.Catalogue.Import;

/// <summary>Lines of a JSON Lines file (jsonlines.org) as bytes; blank ones are skipped, over-long ones are told as such.</summary>
internal static class JsonLines
{
    /// <summary>Longest line, bytes: a record is a few hundred.</summary>
    internal const int MaxLineBytes = 1 << 20;

    /// <returns>Number of the line, from 1, and its bytes, valid until the next one is asked for; null when it is too long.</returns>
    internal static async IAsyncEnumerable<(int Number, ReadOnlyMemory<byte>? Line)> ReadAsync(Stream stream, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var buffer = new byte[1 << 16];
        var line = new MemoryStream();
        var number = 1;
        var tooLong = false;
        for (int read; (read = await stream.ReadAsync(buffer, cancellation).ConfigureAwait(false)) > 0;)
        {
            var rest = buffer.AsMemory(0, read);
            for (int end; (end = rest.Span.IndexOf((byte)'\n')) >= 0; rest = rest[(end + 1)..])
            {
                tooLong |= !Append(line, rest[..end]);
                if (tooLong || !IsBlank(line)) yield return (number, tooLong ? null : Content(line, number));
                line.SetLength(0);
                tooLong = false;
                number++;
            }

            tooLong |= !Append(line, rest);
        }

        if (tooLong || !IsBlank(line)) yield return (number, tooLong ? null : Content(line, number));
    }

    private static bool Append(MemoryStream line, ReadOnlyMemory<byte> bytes)
    {
        if (line.Length + bytes.Length > MaxLineBytes) return false;
        line.Write(bytes.Span);
        return true;
    }

    private static bool IsBlank(MemoryStream line) => line.GetBuffer().AsSpan(0, (int)line.Length).Trim(" \t\r"u8).IsEmpty;

    private static ReadOnlyMemory<byte> Content(MemoryStream line, int number)
    {
        var bytes = line.GetBuffer().AsMemory(0, (int)line.Length);
        var hasMark = number == 1 && bytes.Span.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]);
        return hasMark ? bytes[3..] : bytes;
    }
}
