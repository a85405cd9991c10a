namespace Stickers.SimilaritySearch.Api.Access;

/// <summary>What a key allows.</summary>
[Flags]
public enum ApiScopes
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Look up, search, upload to be looked up.</summary>
    Read = 1,

    /// <summary>Review suggestions.</summary>
    Write = 2,

    /// <summary>The administration's port: metrics, reload, export.</summary>
    Admin = 4,
}
