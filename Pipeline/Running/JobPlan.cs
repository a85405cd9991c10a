using System.Security.Cryptography;
using System.Text;
using Stickers.Pipeline.Accounting;
using Stickers.Storage;

namespace Stickers.Pipeline.Running;

/// <summary>What is to be done, what is done already, and how the whole is finished: on one rank.</summary>
internal sealed class JobPlan
{
    private readonly Job _job;
    private readonly ObjectStore _store;
    private readonly string _folder;
    private readonly LedgerHead _head;
    private readonly Ledger _ledger;

    private JobPlan(Job job, ObjectStore store, string folder, LedgerHead head, IReadOnlyList<Shard> shards)
    {
        (_job, _store, _folder, _head, Shards) = (job, store, folder, head, shards);
        InputsHash = Hash(head.Inputs.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => $"{pair.Key}={pair.Value}"));
        _ledger = new Ledger(store, folder, InputsHash);
    }

    public IReadOnlyList<Shard> Shards { get; }

    /// <summary>What every ledger entry of this job bears.</summary>
    public string InputsHash { get; }

    /// <summary>Indexes of the shards to be done in this run, ascending.</summary>
    public IReadOnlyList<int> Pending { get; private set; } = [];

    /// <summary>Items of these, where the source knows it.</summary>
    public long? PendingItems => Pending.All(index => Shards[index].Count is not null) ? Pending.Sum(index => Shards[index].Count) : null;

    private string ManifestKey => $"{_folder}/{_job.ManifestName}";

    public static async Task<JobPlan> OpenAsync(Job job, ObjectStore store, RunOptions options, CancellationToken cancellation)
    {
        var shards = await job.ListShardsAsync(store, cancellation).ToListAsync(cancellation);
        if (shards.Count == 0) throw new InvalidDataException($"Job '{job.Name}': the source has no shards; is its input there?");
        if (shards.GroupBy(shard => shard.Name).FirstOrDefault(name => name.Count() > 1) is { } twice)
            throw new InvalidDataException($"Job '{job.Name}': the source lists {twice.Count()} shards of the name '{twice.Key}'; names must differ.");
        var inputs = new SortedDictionary<string, string>(job.Inputs.ToDictionary(), StringComparer.Ordinal)
        {
            ["job"] = job.Name,
            ["shards"] = Hash(shards.Select(shard => $"{shard.Name}\t{shard.Input}\t{shard.First}\t{shard.Count}")),
            ["source"] = await job.FingerprintSourceAsync(store, cancellation),
        };
        var head = new LedgerHead { FormatVersion = LedgerEntry.CurrentVersion, Inputs = inputs, Shards = shards.Count };
        var plan = new JobPlan(job, store, options.Folder, head, shards);
        await plan.FindPendingAsync(options, cancellation);
        return plan;
    }

    private async Task FindPendingAsync(RunOptions options, CancellationToken cancellation)
    {
        if (options.Replace)
        {
            await _store.DeleteAsync(ManifestKey, cancellation);
            await _ledger.DeleteStraysAsync([], cancellation);
        }

        else if (!await _ledger.ExistsAsync(cancellation) && await _store.StatAsync(ManifestKey, cancellation) is not null)
        {
            throw new InvalidDataException($"'{ManifestKey}' stands there without a ledger: something other than this job, or an older program, made it. It can be read, but not gone on with. Run again with --replace to make it anew.");
        }

        if (options.Reuse.Count > 0) await ReuseAsync(options, cancellation);
        await _ledger.BeginAsync(_head, options.Replace || options.Reuse.Contains(_folder), cancellation);
        var finished = await _ledger.ReadAsync(Shards, cancellation);
        if (options.RetryFailed)
        {
            await _store.DeleteAsync(ManifestKey, cancellation);
            await _ledger.StrikeOutAsync(finished, options.RetryClass, cancellation);
        }

        var workers = Segment.Cut(options.Preprocess, options.Main, options.Postprocess).Single(segment => segment.Stages.Contains(StageKind.Main)).Workers;
        Pending = [.. Enumerable.Range(0, Shards.Count).Where(index => !finished.ContainsKey(index))];
        if (_job.InLockstep && Pending.Count % workers != 0)
            throw new InvalidDataException($"Job '{_job.Name}' works in lockstep, but its {Pending.Count} shards cannot be shared evenly among {workers} workers for main.");
        // As long as something is missing, nobody may take the output for whole.
        if (Pending.Count > 0) await _store.DeleteAsync(ManifestKey, cancellation);
    }

    private async Task ReuseAsync(RunOptions options, CancellationToken cancellation)
    {
        if (!_job.ShardNamesTellContent) throw new InvalidDataException($"Job '{_job.Name}' cannot take over shards of an earlier run: the names of its source's shards do not tell their content.");
        var finished = await _ledger.ReadAsync(Shards, cancellation);
        if (finished.Count == Shards.Count) return;
        // The entries of what stands are about to be of another job: nobody may take it for whole.
        if (options.Reuse.Contains(_folder)) await _store.DeleteAsync(ManifestKey, cancellation);
        var adoption = new ShardAdoption(_store, _folder, _head, InputsHash);
        foreach (var folder in options.Reuse) await adoption.TakeAsync([.. Shards], folder, cancellation);
    }

    /// <summary>Counts all shards together and writes what comes last.</summary>
    /// <exception cref="CountMismatchException">A shard is missing, or the sums do not add up.</exception>
    public async Task<JobResult> FinishAsync(CancellationToken cancellation)
    {
        var finished = await _ledger.ReadAsync(Shards, cancellation);
        var missing = Enumerable.Range(0, Shards.Count).Where(index => !finished.ContainsKey(index)).ToArray();
        if (missing.Length > 0)
            throw new CountMismatchException($"Job '{_job.Name}': {missing.Length} of {Shards.Count} shards are not in the ledger, among them {string.Join(", ", missing.Take(5).Select(index => $"'{Shards[index].Name}'"))}. Run it again.");
        var shards = finished.Values.OrderBy(shard => shard.Index).ToArray();
        var standing = await _store.StatAsync(ManifestKey, cancellation) is not null;
        if (!standing) await _ledger.DeleteStraysAsync(shards, cancellation);
        var result = new JobResult
        {
            Store = _store,
            Folder = _folder,
            Shards = Shards.Count,
            Read = shards.Sum(shard => shard.Read),
            Written = shards.Sum(shard => shard.Written),
            Quarantined = shards.Sum(shard => (long)shard.Quarantined),
            Tallies = new SortedDictionary<string, long>(shards.SelectMany(shard => shard.Tallies).GroupBy(tally => tally.Key).ToDictionary(tally => tally.Key, tally => tally.Sum(pair => pair.Value)), StringComparer.Ordinal),
            Files = [.. shards.Select(shard => shard.File)],
            Quarantine = await _ledger.WriteQuarantineAsync(shards, cancellation),
            Inputs = _head.Inputs,
        };
        if (result.Read != result.Written + result.Quarantined)
            throw new CountMismatchException($"Job '{_job.Name}': {result.Read} items read, {result.Written} written, {result.Quarantined} in quarantine: that does not add up.");
        if (!standing) await _store.WriteJsonAsync(ManifestKey, await _job.FinishAsync(result, cancellation), cancellation);
        return result;
    }

    private static string Hash(IEnumerable<string> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")))));
}
