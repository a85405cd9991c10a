namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>A sticker near the query.</summary>
/// <param name="Sticker">The neighbour.</param>
/// <param name="Score">Cosine similarity, -1 to 1, higher is nearer; of a blend the weighed mean of both.</param>
/// <param name="Copies">Ids of near-duplicates that it stands for, best first; absent when there are none.</param>
/// <param name="Explain">Why it was found; absent unless asked for.</param>
internal sealed record Neighbour(StickerAnswer Sticker, float Score, IReadOnlyList<string>? Copies = null, Explanation? Explain = null);

/// <summary>Why a sticker was found.</summary>
/// <param name="Visual">Cosine similarity of the looks, -1 to 1; absent where the query has none.</param>
/// <param name="Semantic">Cosine similarity of the meanings, -1 to 1; absent where the query has none.</param>
/// <param name="SharedTags">Tags that it shares with what was asked about, creators' and accepted suggestions.</param>
/// <param name="SamePack">Whether it is of the same pack.</param>
/// <param name="SameCreator">Whether it is by the same creator.</param>
internal sealed record Explanation(float? Visual, float? Semantic, IReadOnlyList<string> SharedTags, bool SamePack, bool SameCreator);

/// <summary>The neighbours of a sticker, of several, or of an uploaded image.</summary>
/// <param name="Space">visual: looks alike; semantic: means alike; blend: both weighed.</param>
/// <param name="Items">The neighbours, best first.</param>
/// <param name="Copies">Ids of near-duplicates of what was asked about; absent when there are none.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
/// <param name="Model">Version of the model that embedded query and stickers.</param>
/// <param name="Index">Version of the index that was searched; of a blend those of both, visual first, joined by '+'.</param>
internal sealed record NeighbourAnswer(string Space, IReadOnlyList<Neighbour> Items, IReadOnlyList<string>? Copies, string? Next, string Model, string Index);
