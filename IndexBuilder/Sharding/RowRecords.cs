using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>Rows with all that is known of them, one after the other: uint32 row, its code where there is one, d float32. Little-endian.</summary>
/// <param name="codeBytes">Bytes of a code; 0 for none.</param>
/// <param name="d">Vector length.</param>
internal readonly struct RowRecords(int codeBytes, int d)
{
    private const int RecordsRead = 1024;

    public delegate ReadOnlySpan<byte> CodeOf(int number);

    public delegate void Taker(long row, ReadOnlySpan<byte> code, ReadOnlySpan<float> vector);

    private int Bytes => sizeof(uint) + codeBytes + (d * sizeof(float));

    public byte[] Write(VectorBatch batch, CodeOf codeOf)
    {
        var records = new byte[batch.Rows.Length * Bytes];
        for (var i = 0; i < batch.Rows.Length; i++)
        {
            var record = records.AsSpan(i * Bytes, Bytes);
            BinaryPrimitives.WriteUInt32LittleEndian(record, checked((uint)batch.Rows[i]));
            codeOf(i).CopyTo(record[sizeof(uint)..]);
            MemoryMarshal.AsBytes(batch.Vector(i)).CopyTo(record[(sizeof(uint) + codeBytes)..]);
        }

        return records;
    }

    /// <exception cref="InvalidDataException">The stream ends within a record.</exception>
    public void Read(Stream stream, Taker take)
    {
        var (records, vector) = (new byte[RecordsRead * Bytes], new float[d]);
        while (stream.ReadAtLeast(records, records.Length, throwOnEndOfStream: false) is > 0 and var read)
        {
            if (read % Bytes != 0)
                throw new InvalidDataException($"A shard ends within a row: {read % Bytes} bytes of {Bytes}.");
            for (var at = 0; at < read; at += Bytes)
            {
                var record = records.AsSpan(at, Bytes);
                // A copy, because floats after a code of any length lie anywhere.
                record[(sizeof(uint) + codeBytes)..].CopyTo(MemoryMarshal.AsBytes(vector.AsSpan()));
                take(BinaryPrimitives.ReadUInt32LittleEndian(record), record.Slice(sizeof(uint), codeBytes), vector);
            }
        }
    }
}
