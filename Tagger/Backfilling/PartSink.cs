using Stickers.Pipeline;
using Stickers.Storage;

namespace Stickers.Tagger.Backfilling;

/// <summary>A shard's rows as one part of a data set. They are all held until the shard's end.</summary>
/// <param name="rowsOf">The rows of one output.</param>
/// <param name="write">Writes a part by its number.</param>
internal sealed class PartSink<TOutput, TRow>(Func<TOutput, IEnumerable<TRow>> rowsOf, Func<int, IReadOnlyList<TRow>, ShardContext, Task<CommittedFile>> write) : Sink<TOutput>
{
    public override async Task<CommittedFile> WriteAsync(IAsyncEnumerable<TOutput> outputs, ShardContext context)
    {
        var rows = new List<TRow>();
        await foreach (var output in outputs) rows.AddRange(rowsOf(output));
        return await write(context.Index, rows, context);
    }
}
