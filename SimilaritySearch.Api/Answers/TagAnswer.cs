namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>Tags suggested for an uploaded image.</summary>
/// <param name="Suggestions">Suggested tags, best first; accept: at or above the tag's threshold, review: a person should look.</param>
/// <param name="TagNames">Names of the tags in the language asked for, where they differ.</param>
/// <param name="Heat">Where the picture shows the best tags; absent unless asked for.</param>
/// <param name="Examples">Stickers with creators' tags that the picture is nearest to in meaning, best first; absent unless asked for.</param>
/// <param name="Model">Version of the model.</param>
internal sealed record SuggestionAnswer(
    IReadOnlyList<SuggestedTag> Suggestions, IReadOnlyDictionary<string, string>? TagNames, IReadOnlyList<TagHeat>? Heat, IReadOnlyList<Neighbour>? Examples, string Model);

/// <summary>Where a picture shows a tag.</summary>
/// <param name="Tag">The tag.</param>
/// <param name="Side">Parts on a side.</param>
/// <param name="Values">For each part, row by row, how much the tag depends on it: 0 to 1 for the most important one.</param>
internal sealed record TagHeat(string Tag, int Side, IReadOnlyList<float> Values);

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
