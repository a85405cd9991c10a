using System.Runtime.CompilerServices;

namespace Stickers.Storage;

/// <summary>A name in a folder.</summary>
/// <param name="Name">The last segment.</param>
/// <param name="IsFolder">Whether it is a folder; the other values are then of no meaning.</param>
/// <param name="Bytes">Size in bytes.</param>
/// <param name="Version">Version of the object.</param>
internal sealed record FolderEntry(string Name, bool IsFolder, long Bytes, string Version);

/// <summary>Keys in order from a tree of folders, whose own order is another one: a folder sorts as if its name ended in '/'.</summary>
internal static class TreeListing
{
    /// <param name="entriesOf">The entries of a folder (its key, empty for the root) in the order of their names; none when it does not exist.</param>
    /// <param name="prefix">Start of the keys.</param>
    /// <param name="cancellation">Stops the listing.</param>
    internal static IAsyncEnumerable<StoredObject> ListAsync(Func<string, IAsyncEnumerable<FolderEntry>> entriesOf, string prefix, CancellationToken cancellation)
    {
        var slash = prefix.LastIndexOf('/');
        return WalkAsync(entriesOf, slash < 0 ? "" : prefix[..slash], prefix, cancellation);
    }

    private static async IAsyncEnumerable<StoredObject> WalkAsync(
        Func<string, IAsyncEnumerable<FolderEntry>> entriesOf, string folder, string prefix, [EnumeratorCancellation] CancellationToken cancellation)
    {
        // What was read but may have to wait for names to come: "a/" stands behind "a-b", though "a" was read before it.
        var waiting = new PriorityQueue<FolderEntry, string>(StoreKey.Order);
        await foreach (var entry in entriesOf(folder).WithCancellation(cancellation))
        {
            while (waiting.TryPeek(out _, out var next) && StoreKey.Order.Compare(next, entry.Name) < 0)
            {
                await foreach (var found in OpenAsync(waiting.Dequeue())) yield return found;
            }

            if (entry.Name.StartsWith(StoreKey.TemporaryPrefix, StringComparison.Ordinal)) continue;
            waiting.Enqueue(entry, entry.IsFolder ? entry.Name + "/" : entry.Name);
        }

        while (waiting.TryDequeue(out var entry, out _))
        {
            await foreach (var found in OpenAsync(entry)) yield return found;
        }

        async IAsyncEnumerable<StoredObject> OpenAsync(FolderEntry entry)
        {
            cancellation.ThrowIfCancellationRequested();
            var key = folder.Length == 0 ? entry.Name : $"{folder}/{entry.Name}";
            if (!entry.IsFolder)
            {
                if (key.StartsWith(prefix, StringComparison.Ordinal) && StoreKey.IsValid(key)) yield return new StoredObject(key, entry.Bytes, entry.Version);
            }
            else if (key.StartsWith(prefix, StringComparison.Ordinal) || prefix.StartsWith(key + "/", StringComparison.Ordinal))
            {
                await foreach (var found in WalkAsync(entriesOf, key, prefix, cancellation)) yield return found;
            }
        }
    }
}
