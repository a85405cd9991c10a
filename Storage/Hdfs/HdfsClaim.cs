using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Stickers.Storage.Hdfs;

/// <summary>
/// Replaces an object only if it still has a version, which HDFS cannot do by itself. Whoever wants to replace that version first creates a
/// claim file named after it, which HDFS gives to one only; then looks at the version, renames, and deletes the claim.
/// </summary>
/// <remarks>
/// So of all who write under a condition one succeeds, and readers see the old or the new object. It does not hold against those who write or
/// delete without a condition between the look and the rename. A claim of a killed process is broken by who has watched it for 30 seconds; its
/// owner, should it live after all, does not rename more than 10 seconds after it began.
/// </remarks>
internal sealed class HdfsClaim(HdfsStore store, string key, string expected)
{
    private readonly string _owner = Guid.NewGuid().ToString("N", CultureInfo.InvariantCulture);
    private readonly string _target = store.Address.PathOf(key);

    private readonly string _claim = PathOf(store, key, expected);

    /// <summary>Path of the claim; by hash, because a file's name has an end.</summary>
    internal static string PathOf(HdfsStore store, string key, string version)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{key}\n{version}")));
        return store.Address.PathOf($"{key[..(key.LastIndexOf('/') + 1)]}{StoreKey.TemporaryPrefix}claim-{hash[..32]}");
    }

    /// <summary>Renames a file onto the object.</summary>
    /// <param name="temporary">The file.</param>
    /// <param name="ours">Its status.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="StoreConflictException">The object has another version.</exception>
    internal async Task ReplaceAsync(string temporary, WebHdfs.FileStatus ours, CancellationToken cancellation)
    {
        var clock = await TakeAsync(cancellation);
        try
        {
            await DemandVersionAsync(cancellation);
            var inTime = await store.Retrying.RunAsync(key, RenameAsync, cancellation);
            if (!inTime) throw new StoreException(store.Root, key, "it could not be replaced in time; the cluster is slow. Try again.", isTransient: true);
        }
        finally
        {
            await ReleaseAsync();
        }

        async Task<bool> RenameAsync(int attempt, CancellationToken stop)
        {
            if (clock.Elapsed > store.ClaimPatience / 3) return false;
            try
            {
                await store.Cluster.RenameAsync(temporary, _target, overwrite: true, stop);
            }
            catch (RemoteException fault) when (fault.IsMissing && attempt > 1)
            {
                // The attempt before may have succeeded unseen.
                if ((await store.Cluster.StatAsync(_target, stop))?.Version != ours.Version) throw;
            }

            return true;
        }
    }

    /// <summary>Waits for the claim; gives the time since just before it was ours.</summary>
    private async Task<Stopwatch> TakeAsync(CancellationToken cancellation)
    {
        var watching = Stopwatch.StartNew();
        var holder = "";
        while (true)
        {
            var clock = Stopwatch.StartNew();
            var found = await store.Retrying.RunAsync(key, (_, stop) => TryCreateAsync(stop), cancellation);
            if (found == _owner) return clock;
            await DemandVersionAsync(cancellation);
            if (found != holder) (holder, watching) = (found, Stopwatch.StartNew());
            if (watching.Elapsed > store.ClaimPatience) await store.Retrying.RunAsync(key, (_, stop) => store.Cluster.DeleteAsync(_claim, stop), cancellation);
            await Task.Delay(Random.Shared.Next(20, 100), cancellation);
        }
    }

    /// <summary>Whose the claim is: ours, when it could be created, or was by an attempt whose answer got lost. Empty when it has just gone.</summary>
    private async Task<string> TryCreateAsync(CancellationToken cancellation)
    {
        try
        {
            await store.Cluster.CreateAsync(_claim, overwrite: false, () => new ByteArrayContent(Encoding.ASCII.GetBytes(_owner)), cancellation);
            return _owner;
        }
        catch (RemoteException fault) when (fault.IsTaken)
        {
            try
            {
                using var answer = await store.Cluster.OpenAsync(_claim, 0, _owner.Length, cancellation);
                return await answer.Content.ReadAsStringAsync(cancellation);
            }
            catch (RemoteException gone) when (!gone.IsTransient)
            {
                return "";
            }
        }
    }

    private async Task DemandVersionAsync(CancellationToken cancellation)
    {
        var found = await store.Retrying.RunAsync(key, (_, stop) => store.Cluster.StatAsync(_target, stop), cancellation);
        if (found?.Version != expected) throw new StoreConflictException(store.Root, key, expected, found?.Version);
    }

    private async Task ReleaseAsync()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
            await store.Retrying.RunAsync(key, (_, stop) => store.Cluster.DeleteAsync(_claim, stop), limit.Token);
        }
        catch (Exception fault) when (fault is StoreException or OperationCanceledException)
        {
            // Others will break it.
        }
    }
}
