using System.Runtime.CompilerServices;
using Stickers.Pipeline.Running;
using Stickers.Storage;

namespace Stickers.Pipeline;

/// <summary>What a function may know and do while it works on one shard.</summary>
public sealed class ShardContext : StageContext
{
    private readonly ShardRun _run;

    internal ShardContext(StageContext stage, ShardRun run)
        : base(stage) => _run = run;

    /// <summary>The shard at hand.</summary>
    public Shard Shard => _run.Shard;

    /// <summary>The shard's place in the source's list, from 0.</summary>
    public int Index => _run.Index;

    /// <summary>Leaves one input out, for ever recorded with its reason. Do not give out anything for it. Thread-safe.</summary>
    /// <param name="key">What people find the item by; at most 1,000 characters are kept.</param>
    /// <param name="errorClass">A short stable word for the kind of error.</param>
    /// <param name="reason">One sentence for people; at most 1,000 characters are kept.</param>
    /// <exception cref="InvalidOperationException">Behind a stage that reshapes the stream items are inputs no longer.</exception>
    public void Quarantine(string key, string errorClass, string reason) => _run.Quarantine(new QuarantinedItem(key, Stage, errorClass, reason));

    /// <summary>Adds to a number of the author's own, which the ledger keeps and the manifest sums up over all shards. Thread-safe.</summary>
    public void Tally(string name, long amount = 1)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        _run.Tally(name, amount);
    }

    /// <summary>Starts this shard's output file, <c>part-00000</c> and so on by the shard's index. For the sink.</summary>
    /// <param name="extension">E.g. <c>.jsonl</c>.</param>
    public Task<StoreWriter> CreateOutputAsync(string extension) => Store.CreateAsync($"{Folder}/part-{Index:D5}{extension}", Cancellation);

    /// <summary>
    /// Does the same work on every item, several at once, and gives the results in the items' order. An item whose work throws
    /// <see cref="BadItemException"/> goes to quarantine.
    /// </summary>
    /// <param name="items">The stage's input; read ahead by at most <paramref name="degree"/> items.</param>
    /// <param name="key">What people find an item by.</param>
    /// <param name="work">Called on several threads.</param>
    /// <param name="degree">How many at once; <see cref="StageContext.Threads"/> when null.</param>
    public IAsyncEnumerable<TOut> Each<TIn, TOut>(IAsyncEnumerable<TIn> items, Func<TIn, string> key, Func<TIn, TOut> work, int? degree = null)
    {
        ArgumentNullException.ThrowIfNull(work);
        var count = Math.Max(1, degree ?? Threads);
        // One at a time needs no other thread.
        return Each<TIn, TOut>(items, key, (item, stop) => count == 1 ? Here(work, item) : Task.Run(() => work(item), stop), count);
    }

    /// <inheritdoc cref="Each{TIn, TOut}(IAsyncEnumerable{TIn}, Func{TIn, string}, Func{TIn, TOut}, int?)"/>
    public IAsyncEnumerable<TOut> Each<TIn, TOut>(IAsyncEnumerable<TIn> items, Func<TIn, string> key, Func<TIn, CancellationToken, Task<TOut>> work, int? degree = null)
    {
        ArgumentNullException.ThrowIfNull(items);
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(work);
        return EachOf(items, key, work, Math.Max(1, degree ?? Threads), Cancellation);
    }

    private static Task<TOut> Here<TIn, TOut>(Func<TIn, TOut> work, TIn item)
    {
        try
        {
            return Task.FromResult(work(item));
        }
        catch (Exception fault)
        {
            return Task.FromException<TOut>(fault);
        }
    }

    private async IAsyncEnumerable<TOut> EachOf<TIn, TOut>(
        IAsyncEnumerable<TIn> items,
        Func<TIn, string> key,
        Func<TIn, CancellationToken, Task<TOut>> work,
        int degree,
        [EnumeratorCancellation] CancellationToken cancellation)
    {
        var running = new Queue<(TIn Item, Task<TOut> Work)>(degree);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        try
        {
            await foreach (var item in items)
            {
                if (running.Count == degree && await FirstAsync() is { Good: true } first) yield return first.Value;
                running.Enqueue((item, work(item, stop.Token)));
            }

            while (running.Count > 0)
            {
                if (await FirstAsync() is { Good: true } first) yield return first.Value;
            }
        }
        finally
        {
            await stop.CancelAsync();
            foreach (var (_, left) in running) await left.ContinueWith(_ => { }, TaskScheduler.Default);
        }

        async ValueTask<(bool Good, TOut Value)> FirstAsync()
        {
            var (item, task) = running.Dequeue();
            try
            {
                return (true, await task);
            }
            catch (BadItemException bad)
            {
                Quarantine(key(item), bad.ErrorClass, bad.Message);
                return (false, default!);
            }
            catch (Exception fault) when (fault is not (OperationCanceledException or ItemException))
            {
                throw new ItemException(key(item), fault);
            }
        }
    }
}
