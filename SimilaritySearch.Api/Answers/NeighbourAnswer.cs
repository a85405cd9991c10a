namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>A sticker near the query.</summary>
/// <param name="Sticker">The neighbour.</param>
/// <param name="Score">Cosine similarity, -1 to 1; higher is nearer.</param>
internal sealed record Neighbour(StickerAnswer Sticker, float Score);

/// <summary>The neighbours of a sticker or an uploaded image.</summary>
/// <param name="Space">visual: looks alike; semantic: means alike.</param>
/// <param name="Items">The neighbours, best first.</param>
/// <param name="Model">Version of the model that embedded query and stickers.</param>
/// <param name="Index">Version of the index that was searched.</param>
internal sealed record NeighbourAnswer(EmbeddingSpace Space, IReadOnlyList<Neighbour> Items, string Model, string Index);
