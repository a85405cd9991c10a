namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>Stickers on a plane: what is alike lies close together.</summary>
/// <param name="Space">visual or semantic.</param>
/// <param name="Total">Stickers of the catalogue; the map has an even sample of them.</param>
/// <param name="Ids">The stickers.</param>
/// <param name="X">Where each lies, 0 to 1 from left to right.</param>
/// <param name="Y">Where each lies, 0 to 1 from top to bottom.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
internal sealed record MapAnswer(EmbeddingSpace Space, int Total, IReadOnlyList<string> Ids, IReadOnlyList<float> X, IReadOnlyList<float> Y, string Model, string Index);
