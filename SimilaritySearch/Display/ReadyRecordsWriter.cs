using System.Buffers;
using System.Buffers.Binary;
using System.Text.Json;

namespace Stickers.SimilaritySearch.Display;

/// <summary>Writes the records.bin of a snapshot. The same stickers give the same bytes.</summary>
public static class ReadyRecordsWriter
{
    private const int PieceBytes = 1 << 20;
    private const int PlaceBytes = 16;

    /// <summary>Reads all stickers once; memory is two megabytes.</summary>
    /// <param name="path">The file.</param>
    /// <param name="stickers">The snapshot's database.</param>
    /// <param name="cancellation">Stops it.</param>
    public static void Write(string path, StickerDatabase stickers, CancellationToken cancellation = default)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(stickers);
        using var places = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.Write, PieceBytes);
        using var text = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Write, bufferSize: 0);
        places.Position = ReadyRecords.HeaderBytes;
        text.Position = ReadyRecords.HeaderBytes + ((stickers.Count + 1) * PlaceBytes);
        var buffer = new ArrayBufferWriter<byte>(PieceBytes);
        using var json = new Utf8JsonWriter(buffer, RecordJson.WriterOptions);
        var (count, bytes) = (0L, 0L);
        stickers.ReadRows(0, (_, row) =>
        {
            WritePlace(row.Id.Value);
            var before = buffer.WrittenCount;
            RecordJson.Write(json, row);
            json.Flush();
            json.Reset();
            bytes += buffer.WrittenCount - before;
            count++;
            if (buffer.WrittenCount > PieceBytes / 2)
                WriteText();
        });
        WriteText();
        WritePlace(long.MaxValue);
        if (count != stickers.Count)
            throw new InvalidDataException($"{path}: {count} stickers are in the database, which says {stickers.Count}. Build the index again.");
        Span<byte> header = stackalloc byte[ReadyRecords.HeaderBytes];
        header.Clear();
        "STKJ"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32LittleEndian(header[4..], ReadyRecords.FormatVersion);
        BinaryPrimitives.WriteInt64LittleEndian(header[8..], count);
        BinaryPrimitives.WriteInt64LittleEndian(header[16..], bytes);
        places.Position = 0;
        places.Write(header);

        void WritePlace(long id)
        {
            Span<byte> place = stackalloc byte[PlaceBytes];
            BinaryPrimitives.WriteInt64LittleEndian(place, id);
            BinaryPrimitives.WriteInt64LittleEndian(place[8..], bytes);
            places.Write(place);
        }

        void WriteText()
        {
            cancellation.ThrowIfCancellationRequested();
            text.Write(buffer.WrittenSpan);
            buffer.ResetWrittenCount();
        }
    }
}
