namespace Stickers.SimilaritySearch.Api.Access;

/// <summary><c>api-keys.json</c> at a store's root: who may ask. It holds no secret, only hashes.</summary>
internal sealed record ApiKeyFile
{
    /// <summary>Where it stands.</summary>
    public const string Key = "api-keys.json";

    /// <summary>The format that is written and read.</summary>
    public const int Version = 1;

    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>All keys, revoked ones too, oldest first.</summary>
    public required IReadOnlyList<ApiKey> Keys { get; init; }
}
