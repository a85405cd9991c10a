using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Stickers.SimilaritySearch.Tags;

/// <summary>
/// tags.bin of a snapshot: for each tag the rows of the stickers that have it, their creators' own tags and accepted suggestions alike. It stays on disk and in the system's cache; a
/// look-up reads what it returns. Thread-safe.
/// </summary>
public sealed unsafe class TagDocuments : IDisposable
{
    internal const int FormatVersion = 1, HeaderBytes = 32;

    private readonly MemoryMappedFile _map;
    private readonly SafeMemoryMappedViewHandle _view;
    private readonly TagDocumentsLayout _layout;

    private TagDocuments(MemoryMappedFile map, SafeMemoryMappedViewHandle view, TagDocumentsLayout layout) => (_map, _view, _layout) = (map, view, layout);

    /// <summary>Number of tags.</summary>
    public int Count => _layout.Tags;

    /// <summary>Rows of the snapshot: those of all its segments together, deleted ones included.</summary>
    public long Rows => _layout.Rows;

    /// <summary>Opens a file. It must not change while it is open.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no tags.bin, of another version, or cut off.</exception>
    public static TagDocuments Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var header = new byte[HeaderBytes];
        long length;
        using (var file = File.OpenHandle(path))
        {
            length = RandomAccess.GetLength(file);
            if (RandomAccess.Read(file, header, 0) < HeaderBytes || !header.AsSpan().StartsWith("STKT"u8))
                throw new InvalidDataException($"{path} holds no tag documents.");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(4)) is var version && version != FormatVersion)
            throw new InvalidDataException($"{path} has format version {version}; this program reads version {FormatVersion}.");
        var layout = new TagDocumentsLayout(
            BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(8)), BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(16)),
            BinaryPrimitives.ReadInt32LittleEndian(header.AsSpan(20)), BinaryPrimitives.ReadInt64LittleEndian(header.AsSpan(24)));
        if (layout.Rows is < 0 or > uint.MaxValue || layout.Tags < 0 || layout.NameBytes < 0 || layout.Postings < 0 || layout.FileBytes != length)
            throw new InvalidDataException($"{path} says {layout.Postings} rows of {layout.Tags} tags, which is not what {length} bytes hold.");
        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        try
        {
            var documents = new TagDocuments(map, map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle, layout);
            documents.Check(path);
            return documents;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Rows that have a tag: segment after segment, ascending in each; empty when none has it.</summary>
    /// <param name="tag">Canonical tag.</param>
    /// <param name="most">Of more, the first are taken. Rows stand in the order of stickers' ids, which are hashes: these are as good as drawn by lot.</param>
    public uint[] RowsOf(string tag, int most = int.MaxValue)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return Use(start =>
        {
            var at = Find(start, Encoding.UTF8.GetBytes(tag));
            return at < 0 ? [] : Postings(start, at)[..(int)Math.Min(most, Length(start, at))].ToArray();
        });
    }

    /// <summary>Rows that have one of some tags, ascending, each once. Rare tags come first, until there are as many as wanted.</summary>
    /// <param name="tags">Canonical tags.</param>
    /// <param name="most">Rows that are looked at; of a tag that passes this limit as many as fit.</param>
    public uint[] RowsOfAny(IEnumerable<string> tags, int most)
    {
        var rows = new List<uint>();
        foreach (var (tag, count) in tags.Distinct(StringComparer.Ordinal).Select(tag => (Tag: tag, Count: CountOf(tag))).Where(tag => tag.Count > 0).OrderBy(tag => tag.Count).ThenBy(tag => tag.Tag, StringComparer.Ordinal))
        {
            if (rows.Count >= most) break;
            rows.AddRange(RowsOf(tag, most - rows.Count));
        }

        // Sorted first: a set of a million would cost more.
        var sorted = rows.ToArray();
        Array.Sort(sorted);
        var distinct = 0;
        for (var i = 0; i < sorted.Length; i++)
        {
            if (i == 0 || sorted[i] != sorted[i - 1]) sorted[distinct++] = sorted[i];
        }

        return sorted[..distinct];
    }

    /// <summary>Number of rows that have a tag.</summary>
    public long CountOf(string tag)
    {
        ArgumentNullException.ThrowIfNull(tag);
        return Use(start => Find(start, Encoding.UTF8.GetBytes(tag)) is >= 0 and var at ? Length(start, at) : 0);
    }

    /// <summary>Closes the file once no call is in flight; later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    private delegate T Reading<T>(byte* start);

    private T Use<T>(Reading<T> read)
    {
        var held = false;
        _view.DangerousAddRef(ref held);
        try
        {
            return read((byte*)_view.DangerousGetHandle());
        }
        finally
        {
            _view.DangerousRelease();
        }
    }

    private int Find(byte* start, ReadOnlySpan<byte> tag)
    {
        var (low, high) = (0, _layout.Tags - 1);
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = Name(start, middle).SequenceCompareTo(tag);
            if (order == 0) return middle;
            if (order < 0) low = middle + 1;
            else high = middle - 1;
        }

        return -1;
    }

    private ReadOnlySpan<byte> Name(byte* start, int tag)
    {
        var ends = (int*)(start + _layout.NamesOffset);
        return new ReadOnlySpan<byte>(start + _layout.TextOffset + ends[tag], ends[tag + 1] - ends[tag]);
    }

    private long Length(byte* start, int tag) => ((long*)(start + _layout.StartsOffset))[tag + 1] - ((long*)(start + _layout.StartsOffset))[tag];

    private ReadOnlySpan<uint> Postings(byte* start, int tag) =>
        new((uint*)(start + _layout.PostingsOffset) + ((long*)(start + _layout.StartsOffset))[tag], checked((int)Length(start, tag)));

    /// <summary>What is followed without looking must lead somewhere.</summary>
    private void Check(string path) => Use(start =>
    {
        var names = (int*)(start + _layout.NamesOffset);
        var starts = (long*)(start + _layout.StartsOffset);
        var whole = names[0] == 0 && starts[0] == 0 && names[_layout.Tags] == _layout.NameBytes && starts[_layout.Tags] == _layout.Postings;
        for (var tag = 0; tag < _layout.Tags; tag++)
            whole &= names[tag] <= names[tag + 1] && starts[tag] <= starts[tag + 1];
        return whole ? true : throw new InvalidDataException($"{path}: its tags do not add up to {_layout.Postings} rows.");
    });
}
