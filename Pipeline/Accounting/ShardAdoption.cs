using Stickers.Storage;

namespace Stickers.Pipeline.Accounting;

/// <summary>
/// Takes over shards that an earlier run made of the same content in the same way, where a shard's name tells its content (<see cref="Source{T}.NamesTellContent"/>). Killed at any moment, what was
/// not taken over is done anew.
/// </summary>
/// <param name="store">The store.</param>
/// <param name="folder">Where the job writes.</param>
/// <param name="head">What it is made from.</param>
/// <param name="inputs">Hash of that, for new entries.</param>
internal sealed class ShardAdoption(ObjectStore store, string folder, LedgerHead head, string inputs)
{
    /// <summary>What changes with the catalogue, and may differ: the shards' names tell the rest.</summary>
    private static readonly string[] Free = ["shards", "source"];
    private const int AtOnce = 16;

    /// <summary>Takes over what it can.</summary>
    /// <param name="shards">All shards of the job.</param>
    /// <param name="from">Folder of an earlier run, which may be the job's own; then outputs stay where they are.</param>
    /// <param name="cancellation">Stops it.</param>
    public async Task TakeAsync(IReadOnlyList<Shard> shards, string from, CancellationToken cancellation)
    {
        var earlier = await store.ReadJsonAsync<LedgerHead>($"{from}/{Ledger.FolderName}/job.json", cancellation);
        if (earlier is null || earlier.FormatVersion != head.FormatVersion || !SameRecipe(earlier)) return;
        var indexes = shards.Select((shard, index) => (shard.Name, index)).ToDictionary(pair => pair.Name, pair => pair.index, StringComparer.Ordinal);
        var keys = await store.ListAsync($"{from}/{Ledger.FolderName}/shard-", cancellation).Select(stored => stored.Key).ToListAsync(cancellation);
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancellation }, async (key, stop) =>
        {
            var entry = await store.ReadJsonAsync<LedgerEntry>(key, stop);
            if (entry is null || !indexes.TryGetValue(entry.Shard, out var index)) return;
            var path = $"part-{index:D5}{Path.GetExtension(entry.File.Path)}";
            if (from == folder ? entry.File.Path != path || entry.Index != index : !await CopyAsync($"{from}/{entry.File.Path}", $"{folder}/{path}", entry.File, stop)) return;
            await store.WriteJsonAsync(Ledger.KeyOf(folder, index), entry with { Inputs = inputs, Index = index, File = entry.File with { Path = path } }, stop);
        });
    }

    private bool SameRecipe(LedgerHead earlier) =>
        earlier.Inputs.Keys.Union(head.Inputs.Keys).Except(Free).All(name => earlier.Inputs.GetValueOrDefault(name) == head.Inputs.GetValueOrDefault(name));

    /// <summary>False when the earlier output is gone or damaged.</summary>
    private async Task<bool> CopyAsync(string from, string to, CommittedFile expected, CancellationToken cancellation)
    {
        if ((await store.StatAsync(from, cancellation))?.Bytes != expected.Bytes) return false;
        await using var writer = await store.CreateAsync(to, cancellation);
        await using (var source = await store.OpenReadAsync(from, cancellation)) await source.CopyToAsync(writer.Stream, cancellation);
        return (await writer.CommitAsync(cancellation)).Sha256 == expected.Sha256;
    }
}
