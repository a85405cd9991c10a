using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;
using Microsoft.Win32.SafeHandles;
using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Display;

/// <summary>
/// records.bin of a snapshot: the record of each sticker as the JSON that answers show, so that an answer is copied together. It stays on disk and in the system's
/// cache. Thread-safe.
/// </summary>
public sealed unsafe class ReadyRecords : IDisposable
{
    internal const int FormatVersion = 1, HeaderBytes = 32;

    /// <summary>Numbers of a place.</summary>
    private const int PlaceStride = 2;

    /// <summary>So many that their places can be looked at as one block.</summary>
    private const int MostRecords = 1 << 30;

    private readonly MemoryMappedFile _map;
    private readonly SafeMemoryMappedViewHandle _view;
    private readonly long _textBytes;

    private ReadyRecords(MemoryMappedFile map, SafeMemoryMappedViewHandle view, int count, long textBytes) => (_map, _view, Count, _textBytes) = (map, view, count, textBytes);

    /// <summary>Number of records.</summary>
    public int Count { get; }

    /// <summary>Opens a file. It must not change while it is open.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is no records.bin, of another version, or cut off.</exception>
    public static ReadyRecords Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        Span<byte> header = stackalloc byte[HeaderBytes];
        long length;
        using (var file = File.OpenHandle(path))
        {
            length = RandomAccess.GetLength(file);
            if (RandomAccess.Read(file, header, 0) < HeaderBytes || !header.StartsWith("STKJ"u8))
                throw new InvalidDataException($"{path} holds no records.");
        }

        if (BinaryPrimitives.ReadInt32LittleEndian(header[4..]) is var version && version != FormatVersion)
            throw new InvalidDataException($"{path} has format version {version}; this program reads version {FormatVersion}.");
        var (count, text) = (BinaryPrimitives.ReadInt64LittleEndian(header[8..]), BinaryPrimitives.ReadInt64LittleEndian(header[16..]));
        if (count is < 0 or > MostRecords || text < 0 || length - HeaderBytes - ((count + 1) * sizeof(RecordPlace)) != text)
            throw new InvalidDataException($"{path} says {count} records of {text} bytes, which is not what {length} bytes hold.");
        var map = MemoryMappedFile.CreateFromFile(path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        try
        {
            var records = new ReadyRecords(map, map.CreateViewAccessor(0, 0, MemoryMappedFileAccess.Read).SafeMemoryMappedViewHandle, (int)count, text);
            records.Check(path);
            return records;
        }
        catch
        {
            map.Dispose();
            throw;
        }
    }

    /// <summary>Begins to read; whoever reads disposes it, and keeps none of what it was shown.</summary>
    /// <exception cref="ObjectDisposedException">The file was closed.</exception>
    public Reading Read() => new(this);

    /// <summary>Closes the file once nobody is reading; later calls throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _view.Dispose();
        _map.Dispose();
    }

    /// <summary>What is followed without looking must lead somewhere.</summary>
    private void Check(string path)
    {
        using var reading = Read();
        var places = reading.Places;
        var whole = places[0].Start == 0 && places[^1].Start == _textBytes;
        for (var i = 0; i < Count; i++)
            whole &= places[i].Start <= places[i + 1].Start && places[i].Id < places[i + 1].Id;
        if (!whole)
            throw new InvalidDataException($"{path}: its records are not in order, or do not add up to {_textBytes} bytes.");
    }

    /// <summary>Looks records up; the default finds none.</summary>
    public readonly ref struct Reading
    {
        private readonly ReadyRecords? _records;
        private readonly byte* _start;

        internal Reading(ReadyRecords records)
        {
            _records = records;
            var held = false;
            records._view.DangerousAddRef(ref held);
            _start = (byte*)records._view.DangerousGetHandle();
        }

        internal ReadOnlySpan<RecordPlace> Places => new(_start + HeaderBytes, _records!.Count + 1);

        /// <summary>An id at every second place.</summary>
        private ReadOnlySpan<long> Ids => MemoryMarshal.Cast<RecordPlace, long>(Places[..^1]);

        /// <summary>The record of a sticker, a JSON object in UTF-8; empty when there is none.</summary>
        public ReadOnlySpan<byte> Find(StickerId id)
        {
            if (_records is null)
                return default;
            var places = Places;
            var at = SortedIds.Find(Ids, PlaceStride, id.Value);
            return at < 0
                ? default
                : new ReadOnlySpan<byte>(_start + HeaderBytes + ((long)places.Length * sizeof(RecordPlace)) + places[at].Start, (int)(places[at + 1].Start - places[at].Start));
        }

        /// <summary>
        /// Has records brought to the processor that will be asked for soon. They lie anywhere in a file that is far larger than its caches: who asks for all first waits for all at once, and
        /// not for one after the other.
        /// </summary>
        public void Prepare(ReadOnlySpan<StickerId> ids)
        {
            const int cacheLine = 64;
            if (_records is null || !Sse.IsSupported)
                return;
            var places = (RecordPlace*)(_start + HeaderBytes);
            foreach (var id in ids)
                Sse.Prefetch0(places + SortedIds.FirstGuess(Ids, PlaceStride, id.Value));
            foreach (var id in ids)
            {
                var record = Find(id);
                fixed (byte* start = record)
                {
                    for (var at = 0; at < record.Length; at += cacheLine)
                        Sse.Prefetch0(start + at);
                }
            }
        }

        /// <summary>Ends the reading.</summary>
        public void Dispose() => _records?._view.DangerousRelease();
    }
}
