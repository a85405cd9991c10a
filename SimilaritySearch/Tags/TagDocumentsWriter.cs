using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Tags;

/// <summary>Writes the tags.bin of a snapshot. The same stickers give the same bytes.</summary>
public static class TagDocumentsWriter
{
    /// <summary>Rows that are sorted at once: a gigabyte of them with their tags.</summary>
    private const int MostSorted = 1 << 27;

    /// <summary>Reads all stickers twice, once to count; memory is the tags and at most a gigabyte.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stickers">The snapshot's database.</param>
    /// <param name="segments">Rows of its segments in their order, and which of them are not deleted; null for all.</param>
    /// <param name="cancellation">Stops it.</param>
    public static void Write(string path, StickerDatabase stickers, IReadOnlyList<(RowTable Rows, RowBitmap? Alive)> segments, CancellationToken cancellation = default) =>
        Write(path, stickers, segments, MostSorted, cancellation);

    internal static void Write(string path, StickerDatabase stickers, IReadOnlyList<(RowTable Rows, RowBitmap? Alive)> segments, int mostSorted, CancellationToken cancellation)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(stickers);
        ArgumentNullException.ThrowIfNull(segments);
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var (tag, _) in Documents(stickers, segments, cancellation))
            CollectionsMarshal.GetValueRefOrAddDefault(counts, tag, out _)++;
        var tags = counts.Select(pair => (Name: Encoding.UTF8.GetBytes(pair.Key), Tag: pair.Key, Rows: pair.Value)).ToArray();
        Array.Sort(tags, (a, b) => a.Name.AsSpan().SequenceCompareTo(b.Name));
        var (names, starts, numbers) = (new int[tags.Length + 1], new long[tags.Length + 1], new Dictionary<string, int>(StringComparer.Ordinal));
        for (var t = 0; t < tags.Length; t++)
        {
            (names[t + 1], starts[t + 1]) = (checked(names[t] + tags[t].Name.Length), starts[t] + tags[t].Rows);
            numbers.Add(tags[t].Tag, t);
        }

        var layout = new TagDocumentsLayout(segments.Sum(segment => segment.Rows.Count), tags.Length, names[^1], starts[^1]);
        using var file = File.OpenHandle(path, FileMode.Create, FileAccess.Write, FileShare.None);
        RandomAccess.SetLength(file, layout.FileBytes);
        var header = new byte[TagDocuments.HeaderBytes];
        "STKT"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(4), TagDocuments.FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(8), layout.Rows);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(16), layout.Tags);
        BinaryPrimitives.WriteInt32LittleEndian(header.AsSpan(20), layout.NameBytes);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(24), layout.Postings);
        RandomAccess.Write(file, header, 0);
        RandomAccess.Write(file, MemoryMarshal.AsBytes(names.AsSpan()), layout.NamesOffset);
        RandomAccess.Write(file, MemoryMarshal.AsBytes(starts.AsSpan()), layout.StartsOffset);
        RandomAccess.Write(file, tags.SelectMany(tag => tag.Name).ToArray(), layout.TextOffset);

        // As many rows as memory allows are sorted by tag, and each tag's written where its rows go on.
        var sorted = new ulong[(int)Math.Min(mostSorted, layout.Postings)];
        var (held, next) = (0, starts[..^1]);
        foreach (var (tag, row) in Documents(stickers, segments, cancellation))
        {
            sorted[held++] = ((ulong)numbers[tag] << 32) | row;
            if (held == sorted.Length)
                Flush();
        }

        Flush();

        void Flush()
        {
            Array.Sort(sorted, 0, held);
            for (var first = 0; first < held;)
            {
                cancellation.ThrowIfCancellationRequested();
                var (tag, end) = ((int)(sorted[first] >> 32), first);
                while (end < held && (int)(sorted[end] >> 32) == tag) end++;
                var rows = Array.ConvertAll(sorted[first..end], pair => (uint)pair);
                RandomAccess.Write(file, MemoryMarshal.AsBytes(rows.AsSpan()), layout.PostingsOffset + (next[tag] * sizeof(uint)));
                next[tag] += rows.Length;
                first = end;
            }

            held = 0;
        }
    }

    /// <summary>All pairs of a sticker's tag and its row, segment after segment, rows ascending.</summary>
    private static IEnumerable<(string Tag, uint Row)> Documents(StickerDatabase stickers, IReadOnlyList<(RowTable Rows, RowBitmap? Alive)> segments, CancellationToken cancellation)
    {
        uint before = 0;
        foreach (var (rows, alive) in segments)
        {
            foreach (var sticker in stickers.ReadAll())
            {
                cancellation.ThrowIfCancellationRequested();
                if (rows.RowOf(sticker.Id) is not (>= 0 and var row) || alive?[row] == false)
                    continue;
                foreach (var tag in sticker.CountedTags)
                    yield return (tag, checked(before + (uint)row));
            }

            before += checked((uint)rows.Count);
        }
    }
}
