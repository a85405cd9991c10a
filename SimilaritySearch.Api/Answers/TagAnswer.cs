namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>Tags suggested for an uploaded image.</summary>
/// <param name="Suggestions">Suggested tags, best first; accept: at or above the tag's threshold, review: a person should look.</param>
/// <param name="TagNames">Names of the tags in the language asked for, where they differ.</param>
/// <param name="Examples">Stickers with creators' tags that the picture is nearest to in meaning, best first; absent unless asked for.</param>
/// <param name="Model">Version of the model.</param>
internal sealed record SuggestionAnswer(
    IReadOnlyList<SuggestedTag> Suggestions, IReadOnlyDictionary<string, string>? TagNames, IReadOnlyList<Neighbour>? Examples, string Model);

/// <summary>A tag with its frequency.</summary>
/// <param name="Tag">Canonical spelling.</param>
/// <param name="Count">Stickers that carry it.</param>
/// <param name="Name">What it is called in the language asked for; absent when none was.</param>
internal sealed record TagCount(string Tag, long Count, string? Name = null);

/// <summary>The most frequent tags.</summary>
/// <param name="Items">Most frequent first.</param>
/// <param name="Model">Version of the model that the index was made with.</param>
/// <param name="Index">Version of the index that they were counted in.</param>
internal sealed record TopTags(IReadOnlyList<TagCount> Items, string Model, string Index);
