namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>A sticker that fits what is being typed.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Image">Where its thumbnail is.</param>
/// <param name="Title">Its title, when given.</param>
/// <param name="Pack">The set it belongs to.</param>
/// <param name="Tag">Canonical tag by which it fits.</param>
/// <param name="Name">The tag's name that was recognized in the text.</param>
/// <param name="Score">How well it fits, 0 to about 1; higher is better. Stickers of a pack count less the more of it stand above.</param>
internal sealed record SuggestedSticker(string Id, string Image, string? Title, string Pack, string Tag, string Name, float Score);

/// <summary>Stickers for what is being typed.</summary>
/// <param name="Items">Best first.</param>
/// <param name="Model">Version of the model that scored the suggestions.</param>
/// <param name="Index">Version of the semantic index.</param>
internal sealed record SuggestAnswer(IReadOnlyList<SuggestedSticker> Items, string Model, string Index);
