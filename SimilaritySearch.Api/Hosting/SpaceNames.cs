namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>The spaces as they are written in addresses. (The framework reads enums only in C#'s own spelling.)</summary>
internal static class SpaceNames
{
    public const string Visual = "visual";
    public const string Semantic = "semantic";

    /// <summary>The space of a name that passed validation.</summary>
    public static EmbeddingSpace Parse(string name) => name == Visual ? EmbeddingSpace.Visual : EmbeddingSpace.Semantic;
}
