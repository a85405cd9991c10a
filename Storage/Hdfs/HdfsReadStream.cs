namespace Stickers.Storage.Hdfs;

/// <summary>Reads one version of a file, or a part of it: a connection that breaks is taken up where it broke.</summary>
internal sealed class HdfsReadStream(HdfsStore store, StoredObject item, long offset, long length)
    : WindowStream(offset, Math.Clamp(item.Bytes - offset, 0, length))
{
    /// <inheritdoc/>
    protected override async Task FillAsync(long from, Memory<byte> window, CancellationToken cancellation)
    {
        var filled = 0;
        var path = store.Address.PathOf(item.Key);
        var whole = await store.Retrying.RunAsync(item.Key, FillOnAsync, cancellation);
        if (!whole) throw new StoreException(store.Root, item.Key, "it was replaced or deleted while it was read. Open it again.", isTransient: true);

        async Task<bool> FillOnAsync(int attempt, CancellationToken stop)
        {
            try
            {
                while (filled < window.Length)
                {
                    using var answer = await store.Cluster.OpenAsync(path, from + filled, window.Length - filled, stop);
                    await using var body = await answer.Content.ReadAsStreamAsync(stop);
                    var before = filled;
                    for (int read; filled < window.Length && (read = await body.ReadAsync(window[filled..], stop)) > 0;) filled += read;
                    if (filled == before) throw new IOException("The data node sent less than it was asked for.");
                }
            }
            catch (RemoteException fault) when (!fault.IsTransient)
            {
                // Shorter now, or gone? Otherwise it is a fault indeed.
                if (await IsSameAsync(stop)) throw;
                return false;
            }

            // Asked afterwards: a number of a file that stands under the path now has stood there all the time.
            return await IsSameAsync(stop);
        }

        async Task<bool> IsSameAsync(CancellationToken stop) => (await store.Cluster.StatAsync(path, stop))?.Version == item.Version;
    }
}
