namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>The pair that is served now. A swap waits for nobody: who holds a lease goes on with the pair it has.</summary>
internal sealed class PairHolder : IDisposable
{
    private ServedPair? _current;
    private long _swaps;
    private bool _disposed;

    /// <summary>Pairs that were swapped in so far, the first one included.</summary>
    public long Swaps => Interlocked.Read(ref _swaps);

    /// <summary>Whether there is a pair.</summary>
    public bool IsReady => Volatile.Read(ref _current) is not null;

    /// <summary>A lease on the current pair, or null when none was loaded yet; its holder releases it.</summary>
    /// <exception cref="ObjectDisposedException">Serving has ended.</exception>
    public ServedPair? Lease()
    {
        while (Volatile.Read(ref _current) is { } pair)
        {
            if (pair.TryLease())
                return pair;
        }

        ObjectDisposedException.ThrowIf(_disposed, this);
        return null;
    }

    /// <summary>Serves this pair from now on and lets go of the one before.</summary>
    public void Swap(ServedPair? next)
    {
        Interlocked.Exchange(ref _current, next)?.Release();
        if (next is not null)
            Interlocked.Increment(ref _swaps);
    }

    public void Dispose()
    {
        _disposed = true;
        Swap(null);
    }
}
