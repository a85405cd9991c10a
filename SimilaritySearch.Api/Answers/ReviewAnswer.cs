namespace Stickers.SimilaritySearch.Api.Answers;

/// <summary>A suggestion that waits for a person.</summary>
/// <param name="Sticker">The sticker.</param>
/// <param name="Tag">The suggested tag.</param>
/// <param name="Score">Its calibrated probability, 0 to 1.</param>
internal sealed record ReviewItem(StickerAnswer Sticker, string Tag, float Score);

/// <summary>Suggestions to be reviewed.</summary>
/// <param name="Items">The likeliest first.</param>
/// <param name="Waiting">How many wait in all.</param>
/// <param name="Model">Version of the model that made them.</param>
/// <param name="Index">Version of the index that they stand in.</param>
internal sealed record ReviewQueue(IReadOnlyList<ReviewItem> Items, int Waiting, string Model, string Index);

/// <summary>What a person decided.</summary>
/// <param name="Reviewer">Who, in at most 100 characters; with a key, its name counts instead.</param>
/// <param name="Decisions">1 to 200 decisions.</param>
internal sealed record ReviewRequest(string? Reviewer, IReadOnlyList<ReviewRequestDecision> Decisions);

/// <summary>A decision on one suggestion.</summary>
/// <param name="Sticker">Id of the sticker.</param>
/// <param name="Tag">The suggested tag.</param>
/// <param name="Decision">accept or reject.</param>
internal sealed record ReviewRequestDecision(string Sticker, string Tag, string Decision);
