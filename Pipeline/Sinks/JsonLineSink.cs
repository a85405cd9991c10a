using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Stickers.Storage;

namespace Stickers.Pipeline.Sinks;

/// <summary>One file of JSON Lines for each shard: camelCase, enums as text.</summary>
/// <typeparam name="T">A line.</typeparam>
public sealed class JsonLineSink<T> : Sink<T>
{
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <inheritdoc/>
    public override async Task<CommittedFile> WriteAsync(IAsyncEnumerable<T> outputs, ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(context);
        await using var file = await context.CreateOutputAsync(".jsonl");
        await foreach (var line in outputs)
        {
            await JsonSerializer.SerializeAsync(file.Stream, line, Format, context.Cancellation);
            file.Stream.WriteByte((byte)'\n');
        }

        return await file.CommitAsync(context.Cancellation);
    }
}
