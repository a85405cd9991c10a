namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>Why a sticker was found.</summary>
internal enum MatchKind
{
    /// <summary>The words stand in its tags, accepted suggestions or title.</summary>
    Text,

    /// <summary>Its picture lies near the words' meaning in the semantic space.</summary>
    Semantic,
}

/// <summary>A sticker found by words.</summary>
/// <param name="Sticker">The sticker.</param>
/// <param name="Match">Why it was found.</param>
/// <param name="Score">text: rank score of the text index, higher is better; semantic: cosine similarity, -1 to 1.</param>
/// <param name="Copies">Ids of near-duplicates that it stands for; absent when there are none.</param>
internal sealed record SearchResult(StickerAnswer Sticker, MatchKind Match, float Score, IReadOnlyList<string>? Copies = null);

/// <summary>What was found by words: text matches first, then semantic ones, each best first.</summary>
/// <param name="Query">The text that was searched for.</param>
/// <param name="Items">The stickers, none twice.</param>
/// <param name="Next">Cursor of the next page; absent on the last.</param>
/// <param name="Model">Version of the model that knows the tags' meanings.</param>
/// <param name="Index">Version of the semantic index that was searched.</param>
internal sealed record SearchAnswer(string Query, IReadOnlyList<SearchResult> Items, string? Next, string Model, string Index);
