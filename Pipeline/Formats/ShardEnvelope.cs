using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stickers.Pipeline.Formats;

/// <summary>What the first frame of a shard says.</summary>
/// <param name="Turn">Place among the shards of this run.</param>
/// <param name="Name">As in <see cref="Shard"/>.</param>
/// <param name="Input">As in <see cref="Shard"/>.</param>
/// <param name="First">As in <see cref="Shard"/>.</param>
/// <param name="Count">As in <see cref="Shard"/>.</param>
/// <param name="Route">Which worker of the second segment, of the third, gets the shard.</param>
/// <param name="TraceParent">The trace it belongs to, or null.</param>
internal sealed record ShardBegin(int Turn, string Name, string Input, long First, long? Count, int[] Route, string? TraceParent);

/// <summary>What the last frame of a shard says.</summary>
/// <param name="Out">Items that left each stage up to here.</param>
/// <param name="Refused">Rows in quarantine of each stage up to here.</param>
/// <param name="Tallies">The author's own numbers up to here.</param>
internal sealed record ShardEnd(long[] Out, long[] Refused, IReadOnlyDictionary<string, long> Tallies);

/// <summary>How these are written.</summary>
internal static class FrameJson
{
    public static JsonSerializerOptions Options { get; } = new(JsonSerializerDefaults.Web)
    {
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    public static byte[] Write<T>(T value) => JsonSerializer.SerializeToUtf8Bytes(value, Options);

    /// <exception cref="InvalidDataException">The bytes are no such value.</exception>
    public static T Read<T>(ReadOnlySpan<byte> bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, Options) ?? throw new InvalidDataException($"A frame holds null where a {typeof(T).Name} was expected.");
        }
        catch (JsonException fault)
        {
            throw new InvalidDataException($"A frame holds no valid {typeof(T).Name}: {fault.Message}", fault);
        }
    }
}
