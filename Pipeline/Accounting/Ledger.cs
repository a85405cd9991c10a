using System.Text.Json;
using Stickers.Pipeline.Running;
using Stickers.Storage;

namespace Stickers.Pipeline.Accounting;

/// <summary>
/// Which shards of a job are written, and which of their items are in quarantine: one small object for each shard, written after the shard's
/// output. Killed between the two, the shard is done again and its output replaced by the same bytes.
/// </summary>
internal sealed class Ledger(ObjectStore store, string folder, string inputs)
{
    internal const string FolderName = ".ledger";

    // Enough to hide an object store's latency.
    private const int ReadsAtOnce = 16;

    private string HeadKey => $"{folder}/{FolderName}/job.json";

    private string QuarantineKey => $"{folder}/quarantine.jsonl";

    /// <summary>Whether a job has begun in the folder.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellation) => await store.StatAsync(HeadKey, cancellation) is not null;

    /// <summary>Makes sure that what stands in the folder was made from these inputs; in a new folder, or to replace, writes the head.</summary>
    /// <exception cref="InvalidDataException">It was made from others; the message names what differs.</exception>
    public async Task BeginAsync(LedgerHead head, bool replace, CancellationToken cancellation)
    {
        var found = await store.ReadJsonAsync<LedgerHead>(HeadKey, cancellation);
        if (found is not null && found.FormatVersion != LedgerEntry.CurrentVersion)
            throw new InvalidDataException($"'{HeadKey}' has format version {found.FormatVersion}, expected {LedgerEntry.CurrentVersion}: use the program that wrote it, or --replace.");
        if (found is null || replace)
        {
            await store.WriteJsonAsync(HeadKey, head, cancellation);
            return;
        }

        var names = found.Inputs.Keys.Union(head.Inputs.Keys).Order(StringComparer.Ordinal).Where(name => found.Inputs.GetValueOrDefault(name) != head.Inputs.GetValueOrDefault(name)).ToArray();
        if (names.Length > 0)
        {
            var differences = names.Select(name => $"{name} was {Show(found, name)}, now {Show(head, name)}");
            throw new InvalidDataException($"'{folder}' was made from other inputs: {string.Join("; ", differences)}. Run again with --replace to make it anew.");
        }
    }

    /// <summary>The shards that are written, by index.</summary>
    public async Task<Dictionary<int, FinishedShard>> ReadAsync(IReadOnlyList<Shard> shards, CancellationToken cancellation)
    {
        var keys = await store.ListAsync($"{folder}/{FolderName}/shard-", cancellation).Select(stored => stored.Key).ToListAsync(cancellation);
        var sizes = await store.ListAsync($"{folder}/part-", cancellation).ToDictionaryAsync(stored => stored.Key, stored => stored.Bytes, cancellationToken: cancellation);
        var finished = new Dictionary<int, FinishedShard>();
        await Parallel.ForEachAsync(keys, new ParallelOptions { MaxDegreeOfParallelism = ReadsAtOnce, CancellationToken = cancellation }, async (key, stop) =>
        {
            var entry = await store.ReadJsonAsync<LedgerEntry>(key, stop);
            if (entry is null || entry.Inputs != inputs || entry.Index >= shards.Count || entry.Shard != shards[entry.Index].Name || key != KeyOf(entry.Index)) return;
            // An output that someone has deleted is made again.
            if (sizes.GetValueOrDefault($"{folder}/{entry.File.Path}", -1) != entry.File.Bytes) return;
            var shard = new FinishedShard(entry.Index, entry.Read, entry.Written, entry.Quarantined.Count, entry.Tallies, entry.File);
            lock (finished) finished.Add(shard.Index, shard);
        });
        return finished;
    }

    /// <summary>Enters a shard whose output is committed.</summary>
    /// <exception cref="CountMismatchException">Its counts do not add up.</exception>
    public Task EnterAsync(ShardRun run, CommittedFile file, CancellationToken cancellation)
    {
        if (run.Read != run.Written + run.Quarantined.Count) throw run.Mismatch($"{run.Read} items were read, but {run.Written} written and {run.Quarantined.Count} put in quarantine");
        var entry = new LedgerEntry
        {
            FormatVersion = LedgerEntry.CurrentVersion,
            Inputs = inputs,
            Index = run.Index,
            Shard = run.Shard.Name,
            Read = run.Read,
            Written = run.Written,
            // Several threads may have put them there in any order.
            Quarantined = [.. run.Quarantined.OrderBy(row => row.Stage).ThenBy(row => row.Key, StringComparer.Ordinal).ThenBy(row => row.ErrorClass, StringComparer.Ordinal).ThenBy(row => row.Reason, StringComparer.Ordinal)],
            Tallies = run.Tallies,
            File = file,
        };
        return store.WriteJsonAsync(KeyOf(run.Index), entry, cancellation);
    }

    /// <summary>
    /// Strikes out the shards that have items in quarantine, so that they are done again whole: what a clean run writes does not depend on how
    /// often it was tried.
    /// </summary>
    /// <param name="finished">The shards that are written; those struck out are removed.</param>
    /// <param name="errorClass">Only those with items of this class; null for all.</param>
    /// <param name="cancellation">Stops it; what is struck out stays so.</param>
    /// <returns>How many items will be tried again.</returns>
    public async Task<long> StrikeOutAsync(Dictionary<int, FinishedShard> finished, string? errorClass, CancellationToken cancellation)
    {
        long items = 0;
        foreach (var shard in finished.Values.Where(shard => shard.Quarantined > 0).OrderBy(shard => shard.Index).ToArray())
        {
            var rows = (await ReadEntryAsync(shard.Index, cancellation)).Quarantined.Count(row => errorClass is null || row.ErrorClass == errorClass);
            if (rows == 0) continue;
            await store.DeleteAsync(KeyOf(shard.Index), cancellation);
            finished.Remove(shard.Index);
            items += rows;
        }

        return items;
    }

    /// <summary>Writes all rows in quarantine into one file, in the order of their shards.</summary>
    public async Task<CommittedFile> WriteQuarantineAsync(IReadOnlyList<FinishedShard> shards, CancellationToken cancellation)
    {
        await using var writer = await store.CreateAsync(QuarantineKey, cancellation);
        foreach (var shard in shards.Where(shard => shard.Quarantined > 0))
        {
            var entry = await ReadEntryAsync(shard.Index, cancellation);
            foreach (var row in entry.Quarantined)
            {
                await JsonSerializer.SerializeAsync(writer.Stream, new QuarantineLine(entry.Shard, row.Key, row.Stage, row.ErrorClass, row.Reason), QuarantineLine.Format, cancellation);
                writer.Stream.WriteByte((byte)'\n');
            }
        }

        return await writer.CommitAsync(cancellation);
    }

    /// <summary>Deletes outputs of an older job with more shards, or with other names.</summary>
    public async Task DeleteStraysAsync(IReadOnlyList<FinishedShard> shards, CancellationToken cancellation)
    {
        var parts = shards.Select(shard => $"{folder}/{shard.File.Path}").ToHashSet(StringComparer.Ordinal);
        var entries = shards.Select(shard => KeyOf(shard.Index)).ToHashSet(StringComparer.Ordinal);
        foreach (var (prefix, kept) in new[] { ($"{folder}/part-", parts), ($"{folder}/{FolderName}/shard-", entries) })
        {
            foreach (var stored in await store.ListAsync(prefix, cancellation).ToListAsync(cancellation))
            {
                if (!kept.Contains(stored.Key)) await store.DeleteAsync(stored.Key, cancellation);
            }
        }
    }

    private async Task<LedgerEntry> ReadEntryAsync(int index, CancellationToken cancellation) =>
        await store.ReadJsonAsync<LedgerEntry>(KeyOf(index), cancellation) ?? throw new InvalidDataException($"'{KeyOf(index)}' has gone while the job ran: is another run at work in '{folder}'?");

    /// <summary>Where a shard's entry lies.</summary>
    public static string KeyOf(string folder, int index) => $"{folder}/{FolderName}/shard-{index:D5}.json";

    private string KeyOf(int index) => KeyOf(folder, index);

    private static string Show(LedgerHead head, string name) => head.Inputs.TryGetValue(name, out var value) ? $"'{value}'" : "not given";
}
