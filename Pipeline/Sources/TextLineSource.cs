using System.Runtime.CompilerServices;
using System.Text;
using Stickers.Storage;

namespace Stickers.Pipeline.Sources;

/// <summary>The lines of UTF-8 text files. Large files are cut into shards; a line belongs to the shard in which it begins.</summary>
/// <param name="prefix">Start of the files' keys, e.g. <c>books/</c>.</param>
/// <param name="shardBytes">Size of a shard in bytes, 1 or more.</param>
public sealed class TextLineSource(string prefix, long shardBytes = 16 << 20) : Source<string>
{
    /// <inheritdoc/>
    public override async IAsyncEnumerable<Shard> ListAsync(ObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentOutOfRangeException.ThrowIfLessThan(shardBytes, 1);
        await foreach (var file in store.ListAsync(prefix, cancellation))
        {
            for (long first = 0; first < file.Bytes; first += shardBytes)
                yield return new Shard($"{file.Key}@{first}+{Math.Min(shardBytes, file.Bytes - first)}", file.Key, first);
        }
    }

    /// <inheritdoc/>
    public override async IAsyncEnumerable<string> ReadAsync(ShardContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var shard = context.Shard;
        await using var file = await context.Store.OpenReadAsync(shard.Input, context.Cancellation);
        // One byte early: a shard that begins where a line does would else drop that line.
        file.Position = Math.Max(0, shard.First - 1);
        var position = file.Position;
        var end = shard.First + shardBytes;
        var bytes = new MemoryStream();
        var buffer = new byte[1 << 16];
        var skipping = shard.First > 0;
        int count;
        while ((count = await file.ReadAsync(buffer, context.Cancellation)) > 0)
        {
            var start = 0;
            while (start < count)
            {
                var feed = buffer.AsSpan(start, count - start).IndexOf((byte)'\n');
                var stop = feed < 0 ? count : start + feed;
                if (!skipping) bytes.Write(buffer, start, stop - start);
                if (feed >= 0)
                {
                    if (!skipping) yield return TextOf(bytes);
                    skipping = false;
                    if (position + stop + 1 >= end) yield break;
                }

                start = stop + 1;
            }

            position += count;
        }

        if (bytes.Length > 0) yield return TextOf(bytes);
    }

    private static string TextOf(MemoryStream bytes)
    {
        var length = (int)bytes.Length;
        if (length > 0 && bytes.GetBuffer()[length - 1] == '\r') length--;
        var text = Encoding.UTF8.GetString(bytes.GetBuffer(), 0, length);
        bytes.SetLength(0);
        return text;
    }
}
