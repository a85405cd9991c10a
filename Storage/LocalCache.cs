using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Stickers.Storage;

/// <summary>
/// Copies of objects on local disk, for libraries that only open files, and places to work in. Any number of processes may share a folder: an
/// object is brought once, what is in use stays, and above the limit what was used longest ago goes. Whatever is killed whenever, no half copy
/// is ever seen.
/// </summary>
/// <remarks>
/// <c>objects/&lt;hash of store, key and version&gt;</c> is a copy; its time of change is when it was last asked for, and whoever uses it has a
/// shared lock on it. The same name with <c>.part</c> is a copy being brought, under the exclusive lock of who brings it, at its full length,
/// so that it counts. Names change only under the lock of <c>lock</c>. <c>work/</c> does not count.
/// </remarks>
public sealed class LocalCache
{
    /// <summary>Names the folder; without it, <c>stickers</c> in the user's cache folder.</summary>
    public const string FolderVariable = "STICKERS_CACHE";

    /// <summary>Names the limit, as in <c>500MiB</c> or <c>20GiB</c>; without it, 20 GiB.</summary>
    public const string LimitVariable = "STICKERS_CACHE_LIMIT";

    private const string Part = ".part";
    private const long DefaultLimit = 20L << 30;

    private static readonly TimeSpan LockPatience = TimeSpan.FromSeconds(30);

    /// <param name="folder">Created when first used.</param>
    /// <param name="maxBytes">Most bytes of all copies together; positive.</param>
    public LocalCache(string folder, long maxBytes)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(maxBytes);
        (Folder, MaxBytes) = (Path.GetFullPath(folder), maxBytes);
    }

    /// <summary>Absolute path.</summary>
    public string Folder { get; }

    /// <summary>Most bytes of all copies together.</summary>
    public long MaxBytes { get; }

    private string Objects => Path.Combine(Folder, "objects");

    /// <summary>The cache that the environment names.</summary>
    /// <exception cref="ArgumentException">The limit is no size.</exception>
    public static LocalCache FromEnvironment()
    {
        var folder = Environment.GetEnvironmentVariable(FolderVariable);
        if (string.IsNullOrEmpty(folder))
        {
            var home = Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            var caches = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") is { Length: > 0 } named ? named : Path.Combine(home.Length > 0 ? home : Path.GetTempPath(), ".cache");
            folder = Path.Combine(caches, "stickers");
        }

        var limit = Environment.GetEnvironmentVariable(LimitVariable);
        return new LocalCache(folder, string.IsNullOrEmpty(limit) ? DefaultLimit : SizeOf(limit));
    }

    /// <summary>The work path that stands for a key of a store.</summary>
    internal string WorkPath(string store, string key) => Path.Combine(Folder, "work", Name(store)[..16], key);

    /// <summary>The copy of an object, brought when it is not there yet.</summary>
    /// <param name="store">The store's root.</param>
    /// <param name="item">The object, of the version that is wanted.</param>
    /// <param name="bringAsync">Writes that version into a stream.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <exception cref="StoreException">There is no room.</exception>
    internal async Task<LocalFile> FetchAsync(string store, StoredObject item, Func<Stream, CancellationToken, Task> bringAsync, CancellationToken cancellation)
    {
        var path = Path.Combine(Objects, Name($"{store}\n{item.Key}\n{item.Version}"));
        Directory.CreateDirectory(Objects);
        while (true)
        {
            FileStream? part;
            using (await LockAsync(cancellation))
            {
                if (TryPin(path, item.Bytes) is { } there) return there;
                part = TryOpenAlone(path + Part, FileMode.OpenOrCreate);
                if (part is not null) Reserve(store, item, part);
            }

            if (part is not null) return await BringAsync(store, item, path, part, bringAsync, cancellation);
            // Someone else is bringing it.
            await Task.Delay(50, cancellation);
        }
    }

    internal static long SizeOf(string text)
    {
        (string Unit, int Shift)[] units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("", 0)];
        var (unit, shift) = units.First(known => text.EndsWith(known.Unit, StringComparison.OrdinalIgnoreCase));
        return long.TryParse(text[..^unit.Length].Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0 && count <= long.MaxValue >> shift
            ? count << shift
            : throw new ArgumentException($"{LimitVariable} is '{text}', expected a size such as 500MiB or 20GiB.");
    }

    private async Task<LocalFile> BringAsync(string store, StoredObject item, string path, FileStream part, Func<Stream, CancellationToken, Task> bringAsync, CancellationToken cancellation)
    {
        var whole = false;
        try
        {
            part.Position = 0;
            await bringAsync(part, cancellation);
            if (part.Position != item.Bytes)
                throw new StoreException(store, item.Key, $"{part.Position} bytes came, expected {item.Bytes}. Try again.", isTransient: true);
            part.Flush(flushToDisk: true);
            whole = true;
        }
        catch (IOException fault) when (fault is not StoreException and not FileNotFoundException)
        {
            throw new StoreException(store, item.Key, $"it could not be copied to the local cache in {Folder}: {DiskFault.Words(fault)}", isTransient: false, fault);
        }
        finally
        {
            if (!whole)
            {
                // Deleted while it is still locked. What closing it says is of no interest then.
                File.Delete(part.Name);
                await part.DisposeAsync().AsTask().ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }

        // Closed only under the lock: no one takes it up again before it has its name.
        using (await LockAsync(CancellationToken.None))
        {
            await part.DisposeAsync();
            File.Move(part.Name, path);
            return TryPin(path, item.Bytes)!;
        }
    }

    /// <summary>The copy, if it is there, locked against its eviction and marked as used. Needs the lock.</summary>
    private static LocalFile? TryPin(string path, long bytes)
    {
        FileStream pin;
        try
        {
            pin = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, 0);
        }
        catch (FileNotFoundException)
        {
            return null;
        }

        if (pin.Length != bytes)
        {
            // Someone has changed it by hand: brought anew.
            pin.Dispose();
            File.Delete(path);
            return null;
        }

        File.SetLastWriteTimeUtc(path, DateTime.UtcNow);
        return new LocalFile(path, pin);
    }

    private static FileStream? TryOpenAlone(string path, FileMode mode)
    {
        try
        {
            return new FileStream(path, mode, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Gives the new copy its full length, after making room for it. Needs the lock.</summary>
    private void Reserve(string store, StoredObject item, FileStream part)
    {
        try
        {
            part.SetLength(0);
            var left = MaxBytes - item.Bytes - Evict(MaxBytes - item.Bytes, part.Name);
            if (left < 0)
            {
                var why = item.Bytes > MaxBytes ? "" : $", and copies of {MaxBytes - item.Bytes - left} bytes are in use";
                throw new StoreException(store, item.Key, $"it has {item.Bytes} bytes; the local cache in {Folder} may hold {MaxBytes}{why}. Raise {LimitVariable}.", isTransient: item.Bytes <= MaxBytes);
            }

            part.SetLength(item.Bytes);
        }
        catch
        {
            File.Delete(part.Name);
            part.Dispose();
            throw;
        }
    }

    /// <summary>Deletes copies, the longest unused first, until no more than that many bytes are left; gives what is left. Needs the lock.</summary>
    private long Evict(long allowed, string except)
    {
        var files = Directory.EnumerateFiles(Objects).Where(path => path != except).Select(Measure).OfType<(string Path, long Bytes, DateTime Used)>().OrderBy(file => file.Used).ToList();
        var total = files.Sum(file => file.Bytes);
        foreach (var (path, bytes, _) in files)
        {
            var remains = path.EndsWith(Part, StringComparison.Ordinal);
            if (total <= allowed && !remains) continue;
            using var alone = TryOpenAlone(path, FileMode.Open);
            if (alone is null) continue;
            File.Delete(path);
            total -= bytes;
        }

        return total;
    }

    /// <summary>Null for what has gone meanwhile: a copy whose bringing failed.</summary>
    private static (string Path, long Bytes, DateTime Used)? Measure(string path)
    {
        try
        {
            var file = new FileInfo(path);
            return (path, file.Length, file.LastWriteTimeUtc);
        }
        catch (FileNotFoundException)
        {
            return null;
        }
    }

    private async Task<FileStream> LockAsync(CancellationToken cancellation)
    {
        var path = Path.Combine(Folder, "lock");
        for (var start = Environment.TickCount64; ;)
        {
            if (TryOpenAlone(path, FileMode.OpenOrCreate) is { } held) return held;
            if (Environment.TickCount64 - start > LockPatience.TotalMilliseconds)
                throw new IOException($"The local cache in {Folder} has been locked for {LockPatience.TotalSeconds} seconds, or cannot be written to. Is a process that uses it stopped? End it, or set {FolderVariable} to another folder.");
            await Task.Delay(Random.Shared.Next(1, 5), cancellation);
        }
    }

    private static string Name(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
