namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>What is being served.</summary>
/// <param name="Stickers">Number of stickers in the catalogue.</param>
/// <param name="Catalogue">Its name.</param>
/// <param name="Model">The model that embedded them and embeds uploads.</param>
/// <param name="Indexes">The index of each space.</param>
internal sealed record StatusAnswer(long Stickers, string Catalogue, ModelStatus Model, IReadOnlyList<IndexStatus> Indexes);

/// <summary>The model that is loaded.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Hash">Hash over all its files.</param>
/// <param name="Tags">Number of tags that it knows.</param>
internal sealed record ModelStatus(string Version, string Hash, int Tags);

/// <summary>An index that is loaded.</summary>
/// <param name="Space">visual or semantic.</param>
/// <param name="Version">Its version.</param>
/// <param name="Count">Number of vectors.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="Factory">Kind of the index, in Faiss' notation.</param>
/// <param name="RecallAt10">Share of the true ten nearest that it finds, measured before it was published.</param>
internal sealed record IndexStatus(EmbeddingSpace Space, string Version, long Count, int Dimension, string Factory, double RecallAt10);

/// <summary>Sign of life.</summary>
/// <param name="Status">ok or ready.</param>
internal sealed record HealthAnswer(string Status);
