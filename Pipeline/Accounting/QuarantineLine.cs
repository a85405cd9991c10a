using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Stickers.Pipeline.Accounting;

/// <summary>A line of <c>quarantine.jsonl</c>.</summary>
internal sealed record QuarantineLine(string Shard, string Key, StageKind Stage, string ErrorClass, string Reason)
{
    public static JsonSerializerOptions Format { get; } = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };
}
