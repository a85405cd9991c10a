namespace Stickers.Client;

/// <summary>A tag that the model suggests.</summary>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Score">Calibrated probability, 0 to 1.</param>
/// <param name="Decision">accept or review.</param>
public sealed record SuggestedTag(string Tag, float Score, string Decision);

/// <summary>A sticker.</summary>
/// <param name="Id">Decimal digits.</param>
/// <param name="Key">Its unique name in its source.</param>
/// <param name="Pack">The set it belongs to.</param>
/// <param name="Creator">Who made it; empty when unknown.</param>
/// <param name="Title">Its title, when given.</param>
/// <param name="Locale">Language of title and tags.</param>
/// <param name="Animated">Whether it moves.</param>
/// <param name="Created">When it was made (UTC, ISO 8601), where its source says so.</param>
/// <param name="Image">Path of its thumbnail.</param>
/// <param name="Tags">The creator's own tags.</param>
/// <param name="Suggestions">The model's suggestions, best first.</param>
/// <param name="TagNames">Names of its tags in the language asked for, where they differ.</param>
public sealed record StickerAnswer(
    string Id, string Key, string Pack, string Creator, string? Title, string Locale, bool Animated, string? Created, string Image,
    IReadOnlyList<string> Tags, IReadOnlyList<SuggestedTag> Suggestions, IReadOnlyDictionary<string, string>? TagNames);

/// <summary>One sticker.</summary>
/// <param name="Sticker">The sticker.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
/// <param name="Vocabulary">Start of the vocabulary's hash.</param>
public sealed record StickerDetail(StickerAnswer Sticker, string Model, string Index, string Vocabulary);

/// <summary>Many stickers.</summary>
/// <param name="Items">Those that there are, in the order asked for.</param>
/// <param name="Missing">Ids that no index knows.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
public sealed record StickerBatch(IReadOnlyList<StickerAnswer> Items, IReadOnlyList<string> Missing, string Model, string Index);

/// <summary>A page of the catalogue.</summary>
/// <param name="Items">The stickers.</param>
/// <param name="Offset">Position of the first one.</param>
/// <param name="Total">Stickers in the catalogue.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
public sealed record StickerPage(IReadOnlyList<StickerAnswer> Items, int Offset, long Total, string Model, string Index);

/// <summary>Why a sticker was found.</summary>
/// <param name="Visual">Cosine of the looks.</param>
/// <param name="Semantic">Cosine of the meanings.</param>
/// <param name="SharedTags">Tags that it shares with what was asked about.</param>
/// <param name="SamePack">Whether it is of the same pack.</param>
/// <param name="SameCreator">Whether it is by the same creator.</param>
public sealed record Explanation(float? Visual, float? Semantic, IReadOnlyList<string> SharedTags, bool SamePack, bool SameCreator);

/// <summary>A sticker near the query.</summary>
/// <param name="Sticker">The neighbour.</param>
/// <param name="Score">-1 to 1, higher is nearer.</param>
/// <param name="Copies">Ids of near-duplicates that it stands for.</param>
/// <param name="Explain">Why it was found, when asked for.</param>
public sealed record Neighbour(StickerAnswer Sticker, float Score, IReadOnlyList<string>? Copies, Explanation? Explain);

/// <summary>Neighbours.</summary>
/// <param name="Space">visual, semantic or blend.</param>
/// <param name="Items">Best first.</param>
/// <param name="Copies">Ids of near-duplicates of what was asked about.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index; of a blend of both.</param>
public sealed record NeighbourAnswer(string Space, IReadOnlyList<Neighbour> Items, IReadOnlyList<string>? Copies, string? Next, string Model, string Index);

/// <summary>A sticker found by words.</summary>
/// <param name="Sticker">The sticker.</param>
/// <param name="Match">text or semantic.</param>
/// <param name="Score">text: by where the words stand; semantic: cosine.</param>
/// <param name="Copies">Ids of near-duplicates that it stands for.</param>
public sealed record SearchResult(StickerAnswer Sticker, string Match, float Score, IReadOnlyList<string>? Copies);

/// <summary>What words found.</summary>
/// <param name="Query">The words.</param>
/// <param name="Items">The stickers.</param>
/// <param name="Next">Cursor of the next page; null on the last.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
public sealed record SearchAnswer(string Query, IReadOnlyList<SearchResult> Items, string? Next, string Model, string Index);

/// <summary>A sticker that fits what is being typed.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Image">Path of its thumbnail.</param>
/// <param name="Title">Its title, when given.</param>
/// <param name="Pack">The set it belongs to.</param>
/// <param name="Tag">Canonical tag by which it fits.</param>
/// <param name="Name">The tag's name that was recognized.</param>
/// <param name="Score">How well it fits.</param>
public sealed record SuggestedSticker(string Id, string Image, string? Title, string Pack, string Tag, string Name, float Score);

/// <summary>Stickers for what is being typed.</summary>
/// <param name="Items">Best first.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
public sealed record SuggestAnswer(IReadOnlyList<SuggestedSticker> Items, string Model, string Index);

/// <summary>A tag with its frequency.</summary>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Count">Stickers that carry it.</param>
/// <param name="Name">What it is called in the language asked for.</param>
public sealed record TagCount(string Tag, long Count, string? Name);

/// <summary>The most frequent tags.</summary>
/// <param name="Items">Most frequent first.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
public sealed record TopTags(IReadOnlyList<TagCount> Items, string Model, string Index);

/// <summary>Tags for an image.</summary>
/// <param name="Suggestions">Best first.</param>
/// <param name="TagNames">Names of the tags in the language asked for, where they differ.</param>
/// <param name="Heat">Where the picture shows the best tags, when asked for.</param>
/// <param name="Examples">Labelled stickers of the nearest meaning, when asked for.</param>
/// <param name="Model">Version of the model.</param>
public sealed record SuggestionAnswer(IReadOnlyList<SuggestedTag> Suggestions, IReadOnlyDictionary<string, string>? TagNames, IReadOnlyList<TagHeat>? Heat, IReadOnlyList<Neighbour>? Examples, string Model);

/// <summary>Where a picture shows a tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Side">Parts on a side.</param>
/// <param name="Values">For each part, row by row, 0 to 1.</param>
public sealed record TagHeat(string Tag, int Side, IReadOnlyList<float> Values);

/// <summary>The model that is loaded.</summary>
/// <param name="Version">Its version.</param>
/// <param name="Hash">Hash over its files.</param>
/// <param name="Tags">Tags that it knows.</param>
public sealed record ModelStatus(string Version, string Hash, int Tags);

/// <summary>An index that is loaded.</summary>
/// <param name="Space">visual or semantic.</param>
/// <param name="Version">Its version.</param>
/// <param name="Count">Vectors.</param>
/// <param name="Dimension">Length of a vector.</param>
/// <param name="Factory">Kind of the index.</param>
/// <param name="RecallAt10">Share of the true ten nearest that it finds.</param>
public sealed record IndexStatus(string Space, string Version, long Count, int Dimension, string Factory, double RecallAt10);

/// <summary>What is served.</summary>
/// <param name="Stickers">Stickers in the catalogue.</param>
/// <param name="Catalogue">Its name.</param>
/// <param name="Model">The model.</param>
/// <param name="Indexes">The index of each space.</param>
public sealed record StatusAnswer(long Stickers, string Catalogue, ModelStatus Model, IReadOnlyList<IndexStatus> Indexes);

/// <summary>Stickers on a plane: what is alike lies close together.</summary>
/// <param name="Space">visual or semantic.</param>
/// <param name="Total">Stickers of the catalogue; the map has an even sample of them.</param>
/// <param name="Ids">The stickers.</param>
/// <param name="X">Where each lies, 0 to 1 from left to right.</param>
/// <param name="Y">Where each lies, 0 to 1 from top to bottom.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
public sealed record MapAnswer(string Space, int Total, IReadOnlyList<string> Ids, IReadOnlyList<float> X, IReadOnlyList<float> Y, string Model, string Index);

/// <summary>A suggestion that waits for a person.</summary>
/// <param name="Sticker">The sticker.</param>
/// <param name="Tag">The suggested tag.</param>
/// <param name="Score">Calibrated probability, 0 to 1.</param>
public sealed record ReviewItem(StickerAnswer Sticker, string Tag, float Score);

/// <summary>Suggestions to be reviewed.</summary>
/// <param name="Items">The likeliest first.</param>
/// <param name="Waiting">How many wait in all.</param>
/// <param name="Model">Version of the model.</param>
/// <param name="Index">Version of the index.</param>
#pragma warning disable CA1711 // Named as in the OpenAPI document.
public sealed record ReviewQueue(IReadOnlyList<ReviewItem> Items, int Waiting, string Model, string Index);
#pragma warning restore CA1711

/// <summary>What a person decided.</summary>
/// <param name="Reviewer">Who; with a key, its name counts instead.</param>
/// <param name="Decisions">1 to 200 decisions.</param>
public sealed record ReviewRequest(string? Reviewer, IReadOnlyList<ReviewRequestDecision> Decisions);

/// <summary>A decision on one suggestion.</summary>
/// <param name="Sticker">Id of the sticker.</param>
/// <param name="Tag">The suggested tag.</param>
/// <param name="Decision">accept or reject.</param>
public sealed record ReviewRequestDecision(string Sticker, string Tag, string Decision);
