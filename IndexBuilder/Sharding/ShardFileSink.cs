using Stickers.Pipeline;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>Writes the outputs of each shard, one behind the other, as its file.</summary>
internal sealed class ShardFileSink : Sink<byte[]>
{
    public override async Task<CommittedFile> WriteAsync(IAsyncEnumerable<byte[]> outputs, ShardContext context)
    {
        await using var file = await context.CreateOutputAsync(".shard");
        await foreach (var bytes in outputs)
            await file.Stream.WriteAsync(bytes, context.Cancellation);
        return await file.CommitAsync(context.Cancellation);
    }
}
