using Stickers.Storage;

namespace Stickers.Tagger.Backfilling;

/// <summary>What a job does about the set that may already stand where it wants to write.</summary>
internal static class FinishedSet
{
    /// <summary>
    /// True when the finished set was made from these inputs and can be returned. With <paramref name="replace"/> the set is
    /// declared unfinished instead (its manifest goes; its parts are overwritten one by one).
    /// </summary>
    /// <param name="store">Where the set lies.</param>
    /// <param name="folder">The set's folder, without a slash at the end.</param>
    /// <param name="manifest">Name of the manifest in it.</param>
    /// <param name="found">Hashes of model and catalogue in the manifest, or null when there is none.</param>
    /// <param name="expected">Hashes of the inputs at hand.</param>
    /// <param name="replace">Make the set anew whatever it was made from.</param>
    /// <param name="cancellation">Stops the deletion.</param>
    /// <exception cref="InvalidDataException">The set was made from other inputs.</exception>
    public static async Task<bool> IsCurrentAsync(ObjectStore store, string folder, string manifest, SourceHashes? found, SourceHashes expected, bool replace, CancellationToken cancellation)
    {
        if (found is null)
            return false;
        if (replace)
        {
            await DeleteJournalAsync(store, folder, cancellation);
            await store.DeleteAsync($"{folder}/{manifest}", cancellation);
            return false;
        }
        if (found != expected)
        {
            throw new InvalidDataException(
                $"{folder} was made from other inputs: its model has hash {found.Model}, expected {expected.Model}; its catalogue has hash {found.Catalogue}, expected {expected.Catalogue}. "
                + "Run again with --replace to make it anew.");
        }
        await DeleteJournalAsync(store, folder, cancellation);
        return true;
    }

    /// <summary>Removes a journal that is no longer needed because the manifest stands.</summary>
    public static async Task DeleteJournalAsync(ObjectStore store, string folder, CancellationToken cancellation)
    {
        foreach (var entry in await store.ListAsync($"{folder}/journal/", cancellation).ToListAsync(cancellation))
            await store.DeleteAsync(entry.Key, cancellation);
    }
}

/// <summary>What a set was made from.</summary>
internal sealed record SourceHashes(string Model, string Catalogue);
