using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Stickers.Tagger.Models;

/// <summary>A float32 tensor of a file.</summary>
/// <param name="Name">Unique name.</param>
/// <param name="Shape">Its dimensions.</param>
/// <param name="Values">Row-major values.</param>
internal sealed record NamedTensor(string Name, IReadOnlyList<long> Shape, ReadOnlyMemory<float> Values);

/// <summary>
/// The safetensors format (Hugging Face, "Format" section of its README): 8 bytes little-endian header length, a JSON header, raw
/// little-endian values. Only float32 is written; float16 and bfloat16 are read too. Nothing in a file is executed.
/// </summary>
internal static class SafeTensors
{
    private const int MaxHeaderBytes = 16 << 20;

    /// <summary>Writes tensors in the order given.</summary>
    public static void Write(Stream stream, IEnumerable<NamedTensor> tensors, IReadOnlyDictionary<string, string>? metadata = null)
    {
        var list = tensors.ToArray();
        var header = new JsonObject();
        if (metadata is not null)
            header["__metadata__"] = new JsonObject(metadata.Select(m => KeyValuePair.Create(m.Key, (JsonNode?)JsonValue.Create(m.Value))));
        long offset = 0;
        foreach (var tensor in list)
        {
            var end = offset + ((long)tensor.Values.Length * sizeof(float));
            header[tensor.Name] = new JsonObject
            {
                ["dtype"] = "F32",
                ["shape"] = new JsonArray([.. tensor.Shape.Select(s => (JsonNode)JsonValue.Create(s))]),
                ["data_offsets"] = new JsonArray(JsonValue.Create(offset), JsonValue.Create(end)),
            };
            offset = end;
        }
        var json = JsonSerializer.SerializeToUtf8Bytes(header);
        var padded = (json.Length + 7) / 8 * 8;
        Span<byte> length = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)padded);
        stream.Write(length);
        stream.Write(json);
        for (var i = json.Length; i < padded; i++) stream.WriteByte((byte)' ');
        foreach (var tensor in list) stream.Write(MemoryMarshal.AsBytes(tensor.Values.Span));
    }

    /// <summary>Reads a whole file.</summary>
    /// <param name="path">The file.</param>
    /// <param name="except">Names of tensors that are passed over, of whatever type they are; null for none.</param>
    /// <exception cref="InvalidDataException">The file is not well-formed safetensors of floating-point numbers of at most 32 bits.</exception>
    public static (Dictionary<string, NamedTensor> Tensors, Dictionary<string, string> Metadata) Read(string path, Func<string, bool>? except = null)
    {
        var file = File.ReadAllBytes(path);
        if (file.Length < 8) throw new InvalidDataException($"{path} is too short for safetensors: {file.Length} bytes.");
        var headerLength = BinaryPrimitives.ReadUInt64LittleEndian(file);
        if (headerLength > MaxHeaderBytes || 8 + (long)headerLength > file.Length)
            throw new InvalidDataException($"{path}: header of {headerLength} bytes does not fit a file of {file.Length}.");
        var data = file.AsMemory(8 + (int)headerLength);
        var tensors = new Dictionary<string, NamedTensor>(StringComparer.Ordinal);
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        try
        {
            using var header = JsonDocument.Parse(file.AsMemory(8, (int)headerLength));
            foreach (var entry in header.RootElement.EnumerateObject())
            {
                if (entry.Name == "__metadata__")
                {
                    foreach (var item in entry.Value.EnumerateObject()) metadata[item.Name] = item.Value.GetString() ?? "";
                    continue;
                }
                if (except?.Invoke(entry.Name) == true) continue;
                tensors[entry.Name] = ReadTensor(path, entry, data);
            }
        }
        catch (Exception e) when (e is not InvalidDataException)
        {
            throw new InvalidDataException($"{path}: malformed safetensors header. {e.Message}", e);
        }
        return (tensors, metadata);
    }

    private static NamedTensor ReadTensor(string path, JsonProperty entry, ReadOnlyMemory<byte> data)
    {
        var type = entry.Value.GetProperty("dtype").GetString();
        var size = type switch
        {
            "F32" => sizeof(float),
            "F16" or "BF16" => sizeof(ushort),
            _ => throw new InvalidDataException($"{path}: tensor {entry.Name} is {type}; F32, F16 or BF16 expected."),
        };
        var shape = entry.Value.GetProperty("shape").EnumerateArray().Select(s => s.GetInt64()).ToArray();
        var offsets = entry.Value.GetProperty("data_offsets").EnumerateArray().Select(o => o.GetInt64()).ToArray();
        var count = shape.Aggregate(1L, (a, b) => checked(a * b));
        if (shape.Any(s => s < 0) || offsets.Length != 2 || offsets[0] < 0 || offsets[1] > data.Length || offsets[1] - offsets[0] != count * size)
            throw new InvalidDataException($"{path}: tensor {entry.Name} of shape [{string.Join(", ", shape)}] does not match its place in the file.");
        var bytes = data.Span[(int)offsets[0]..(int)offsets[1]];
        return new NamedTensor(entry.Name, shape, type == "F32" ? MemoryMarshal.Cast<byte, float>(bytes).ToArray() : Widen(MemoryMarshal.Cast<byte, ushort>(bytes), type == "BF16"));
    }

    private static float[] Widen(ReadOnlySpan<ushort> halves, bool brain)
    {
        var values = new float[halves.Length];
        for (var i = 0; i < values.Length; i++) values[i] = brain ? BitConverter.UInt32BitsToSingle((uint)halves[i] << 16) : (float)BitConverter.UInt16BitsToHalf(halves[i]);
        return values;
    }
}
