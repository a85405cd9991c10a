namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>Something that several pairs hold; the last one to let go frees it. Starts with one holder.</summary>
internal sealed class Shared<T>(T value) where T : class, IDisposable
{
    private int _holders = 1;

    public T Value => value;

    /// <summary>One more holder. Only who holds it already may ask.</summary>
    public Shared<T> Hold()
    {
        Interlocked.Increment(ref _holders);
        return this;
    }

    public void Release()
    {
        if (Interlocked.Decrement(ref _holders) == 0)
            value.Dispose();
    }
}
