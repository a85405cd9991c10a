namespace Stickers.Storage;

/// <summary>A commit's condition did not hold: someone else created or replaced the object, or deleted it. Nothing was written.</summary>
public sealed class StoreConflictException : StoreException
{
    /// <param name="store">The store's root.</param>
    /// <param name="key">The object.</param>
    /// <param name="expected">The version asked for; null: that there is no object.</param>
    /// <param name="found">The version that is there now as far as known; null: there is no object.</param>
    public StoreConflictException(string store, string key, string? expected, string? found)
        : base(store, key, $"expected {Words(expected)}, found {Words(found)}. Read it again, and decide anew.", isTransient: false) =>
        (Expected, Found) = (expected, found);

    /// <summary>The version asked for; null: that there is no object.</summary>
    public string? Expected { get; }

    /// <summary>The version found soon after; null: there is no object.</summary>
    public string? Found { get; }

    private static string Words(string? version) => version is null ? "no object" : $"version {version}";
}
