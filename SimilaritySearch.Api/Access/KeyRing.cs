using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api.Access;

/// <summary>The keys in force, followed while they change.</summary>
internal sealed class KeyRing(ObjectStore store)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private FrozenDictionary<string, Caller> _callers = FrozenDictionary<string, Caller>.Empty;
    private string? _stamp;

    /// <summary>Whether nobody has a key: then whoever reaches the server may ask, which only this machine can.</summary>
    public bool IsOpen { get; private set; } = true;

    /// <summary>Reads the keys if they changed. Callers that stay keep what is left of their rate.</summary>
    public async Task RefreshAsync(CancellationToken cancellation)
    {
        var stamp = (await store.StatAsync(ApiKeyFile.Key, cancellation))?.Version;
        if (stamp == _stamp)
            return;
        var keys = await ApiKeys.ListAsync(store, cancellation);
        var before = _callers;
        _callers = keys.Where(key => key.RevokedUtc is null)
            .ToFrozenDictionary(key => key.Id, key => before.TryGetValue(key.Id, out var caller) && caller.Key == key ? caller : new Caller(key), StringComparer.Ordinal);
        // Keys that were all revoked are no reason to let everybody in.
        IsOpen = keys.Count == 0;
        _stamp = stamp;
    }

    /// <summary>Follows the keys until cancelled. While they cannot be read, those that were read last stay in force.</summary>
    public async Task WatchAsync(Action<string>? notice, CancellationToken cancellation)
    {
        var failing = false;
        while (!cancellation.IsCancellationRequested)
        {
            try
            {
                await Task.Delay(Interval, cancellation);
                await RefreshAsync(cancellation);
                failing = false;
            }
            catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e) when (e is StoreException or IOException or InvalidDataException)
            {
                if (!failing)
                    notice?.Invoke($"The keys cannot be read; those that were read last stay in force. {e.Message}");
                failing = true;
            }
        }
    }

    /// <summary>The caller whose secret this is, or null.</summary>
    public Caller? Find(string secret)
    {
        var parts = secret.Split('_', 3);
        if (parts.Length != 3 || parts[0] != "sk" || !_callers.TryGetValue(parts[1], out var caller))
            return null;
        return CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(ApiKeys.HashOf(secret)), Encoding.ASCII.GetBytes(caller.Key.Hash)) ? caller : null;
    }
}
