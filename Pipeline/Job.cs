using System.Text.RegularExpressions;
using Stickers.Pipeline.Accounting;
using Stickers.Pipeline.Loading;
using Stickers.Pipeline.Running;
using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>What every job has, whatever its items are. Derive from <see cref="Job{TItem, TPrepared, TResult, TOutput}"/>.</summary>
public abstract partial class Job : IAsyncDisposable
{
    private protected Job()
    {
    }

    /// <summary>What people call the job; the type's name in lower case with dashes unless overridden.</summary>
    public virtual string Name => WordStart().Replace(GetType().Name, "-").ToLowerInvariant();

    /// <summary>
    /// Everything besides the source that the output depends on: options, a model's hash, a version of the code. An unfinished output that was
    /// made from others is not gone on with. Unless overridden, the values of the job's own options (<see cref="JobSettings"/>).
    /// </summary>
    public virtual IReadOnlyDictionary<string, string> Inputs => JobSettings.ValuesOf(this);

    /// <summary>
    /// Whether the workers of a stage work on rounds of shards together, shard i on worker i modulo their number, and may use
    /// <see cref="StageContext.Group"/> while items flow. Without it, whoever is free takes the next shard.
    /// </summary>
    public virtual bool InLockstep => false;

    /// <summary>Name of the manifest, which is written last.</summary>
    public virtual string ManifestName => "output.json";

    /// <summary>
    /// Whether the outputs of a function are not one for each input, e.g. sums or rows. Its inputs count as written once it has read them
    /// all; behind it nothing can be put in quarantine. Only asked for preprocess, main and postprocess.
    /// </summary>
    public virtual bool Reshapes(StageKind stage) => false;

    /// <summary>Called once in every process for every stage it runs, before the first shard: load a model here.</summary>
    public virtual Task PrepareAsync(StageContext context) => Task.CompletedTask;

    /// <summary>
    /// Called on one rank when all shards are written, before the manifest is; after a crash it may be called again. Merges files, if the job
    /// wants to, and says what stands in the manifest.
    /// </summary>
    /// <returns>The manifest, written as JSON.</returns>
    public virtual Task<object> FinishAsync(JobResult result, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(result);
        return Task.FromResult<object>(new JobManifest
        {
            FormatVersion = 1,
            Inputs = result.Inputs,
            Read = result.Read,
            Written = result.Written,
            Quarantined = result.Quarantined,
            Tallies = result.Tallies,
            Files = [.. result.Files, result.Quarantine],
        });
    }

    /// <summary>Called once in every process at the end, also after a failure.</summary>
    public virtual ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    internal abstract IAsyncEnumerable<Shard> ListShardsAsync(ObjectStore store, CancellationToken cancellation);

    internal abstract bool ShardNamesTellContent { get; }

    internal abstract Task<string> FingerprintSourceAsync(ObjectStore store, CancellationToken cancellation);

    /// <summary>Runs one worker until its shards are done.</summary>
    internal abstract Task RunWorkerAsync(Worker worker, Wiring wiring, Ledger ledger);

    [GeneratedRegex("(?<=[a-z0-9])(?=[A-Z])")]
    private static partial Regex WordStart();
}
