using System.Text;
using Stickers.Storage;

namespace Stickers.Pipeline.Sinks;

/// <summary>One file of UTF-8 lines for each shard.</summary>
/// <param name="extension">E.g. <c>.txt</c>.</param>
public sealed class TextLineSink(string extension = ".txt") : Sink<string>
{
    /// <inheritdoc/>
    public override async Task<CommittedFile> WriteAsync(IAsyncEnumerable<string> outputs, ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(outputs);
        ArgumentNullException.ThrowIfNull(context);
        await using var file = await context.CreateOutputAsync(extension);
        await using (var text = new StreamWriter(file.Stream, new UTF8Encoding(false), 1 << 16, leaveOpen: true) { NewLine = "\n" })
        {
            await foreach (var line in outputs) await text.WriteLineAsync(line.AsMemory(), context.Cancellation);
        }

        return await file.CommitAsync(context.Cancellation);
    }
}
