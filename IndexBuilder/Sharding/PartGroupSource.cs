using System.Globalization;
using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>The parts of a set of embeddings, by number. A shard is a run of parts of some size together.</summary>
/// <param name="embeddings">The set.</param>
/// <param name="shardBytes">Size of the parts of a shard together, except for the last; never depends on the number of workers.</param>
internal sealed class PartGroupSource(EmbeddingSet embeddings, long shardBytes) : Source<int>
{
    public override async IAsyncEnumerable<Shard> ListAsync(ObjectStore store, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await Task.CompletedTask;
        var files = embeddings.Manifest.Files;
        for (var first = 0; first < files.Count;)
        {
            var end = first;
            for (long bytes = 0; end < files.Count && bytes < shardBytes; end++)
                bytes += files[end].Bytes;
            yield return new Shard($"parts {first} to {end - 1}", "embeddings", first, end - first);
            first = end;
        }
    }

    public override async IAsyncEnumerable<int> ReadAsync(ShardContext context)
    {
        await Task.CompletedTask;
        for (var part = context.Shard.First; part < context.Shard.First + context.Shard.Count!.Value; part++)
            yield return (int)part;
    }

    public override Task<string> FingerprintAsync(ObjectStore store, CancellationToken cancellation) =>
        Task.FromResult(string.Create(CultureInfo.InvariantCulture, $"{embeddings.ContentHash} {shardBytes}"));
}
