using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Stickers.Storage;

namespace Stickers.SimilaritySearch.Api.Access;

/// <summary>Makes, lists and revokes keys in a store. Running servers notice within seconds.</summary>
public static class ApiKeys
{
    private const int MaxAttempts = 50;
    private const int LongestName = 100;

    /// <summary>Makes a key.</summary>
    /// <param name="store">The store.</param>
    /// <param name="name">Who has it: 1 to 100 characters.</param>
    /// <param name="scopes">What it allows; at least one.</param>
    /// <param name="requestsPerSecond">Requests a second on average; 0 for no limit.</param>
    /// <param name="cancellation">Stops the call.</param>
    /// <returns>The key, and the secret, which is kept nowhere.</returns>
    public static async Task<(ApiKey Key, string Secret)> AddAsync(ObjectStore store, string name, ApiScopes scopes, double requestsPerSecond, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(name.Length, LongestName, nameof(name));
        ArgumentOutOfRangeException.ThrowIfEqual(scopes, ApiScopes.None);
        ArgumentOutOfRangeException.ThrowIfNegative(requestsPerSecond);
        var id = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4));
        var secret = $"sk_{id}_{Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";
        var key = new ApiKey
        {
            Id = id,
            Name = name,
            Hash = HashOf(secret),
            Scopes = [.. Enum.GetValues<ApiScopes>().Where(scope => scope != ApiScopes.None && scopes.HasFlag(scope)).Select(scope => scope.ToString().ToLowerInvariant())],
            RequestsPerSecond = requestsPerSecond,
            CreatedUtc = DateTime.UtcNow,
        };
        await ChangeAsync(store, keys => [.. keys, key], cancellation);
        return (key, secret);
    }

    /// <summary>All keys, oldest first.</summary>
    /// <exception cref="InvalidDataException">api-keys.json is malformed or of another format version.</exception>
    public static async Task<IReadOnlyList<ApiKey>> ListAsync(ObjectStore store, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var file = await store.ReadJsonAsync<ApiKeyFile>(ApiKeyFile.Key, cancellation);
        if (file is not null && file.FormatVersion != ApiKeyFile.Version)
            throw new InvalidDataException($"{ApiKeyFile.Key} has format version {file.FormatVersion}; this program reads version {ApiKeyFile.Version}.");
        return file?.Keys ?? [];
    }

    /// <summary>Makes a key worthless.</summary>
    /// <exception cref="KeyNotFoundException">There is no such key.</exception>
    public static Task RevokeAsync(ObjectStore store, string id, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        return ChangeAsync(store, keys => keys.Any(key => key.Id == id)
            ? [.. keys.Select(key => key.Id == id ? key with { RevokedUtc = key.RevokedUtc ?? DateTime.UtcNow } : key)]
            : throw new KeyNotFoundException($"There is no key '{id}'; stickers keys list shows those that there are."), cancellation);
    }

    internal static string HashOf(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>Of several who change at once, each sees what the one before did.</summary>
    private static async Task ChangeAsync(ObjectStore store, Func<IReadOnlyList<ApiKey>, IReadOnlyList<ApiKey>> change, CancellationToken cancellation)
    {
        for (var attempt = 1; ; attempt++)
        {
            var standing = await store.StatAsync(ApiKeyFile.Key, cancellation);
            var keys = standing is null ? [] : await ListAsync(store, cancellation);
            try
            {
                var condition = standing is null ? WriteCondition.IfAbsent : WriteCondition.IfVersion(standing.Version);
                await store.WriteJsonAsync(ApiKeyFile.Key, new ApiKeyFile { FormatVersion = ApiKeyFile.Version, Keys = change(keys) }, condition, cancellation);
                return;
            }
            catch (StoreConflictException) when (attempt < MaxAttempts)
            {
                await Task.Delay(Random.Shared.Next(1, 20), cancellation);
            }
        }
    }
}
