namespace Stickers.Storage;

/// <summary>A store did not do what it was asked to. The message says which store, which object, what happened and what to do; it never holds a secret.</summary>
public class StoreException : IOException
{
    /// <param name="store">The store's root.</param>
    /// <param name="key">The object, or the prefix of a listing.</param>
    /// <param name="what">What happened and what to do, a sentence.</param>
    /// <param name="isTransient">Whether the same call may succeed later.</param>
    /// <param name="cause">What the store's own library said.</param>
    public StoreException(string store, string key, string what, bool isTransient, Exception? cause = null)
        : base($"'{key}' in store '{store}': {what}", cause) =>
        (Store, Key, What, IsTransient) = (store, key, what, isTransient);

    /// <summary>The store's root.</summary>
    public string Store { get; }

    /// <summary>The object, or the prefix of a listing.</summary>
    public string Key { get; }

    /// <summary>What happened and what to do.</summary>
    public string What { get; }

    /// <summary>Whether the same call may succeed later, with nothing mended by hand.</summary>
    public bool IsTransient { get; }
}
