using Stickers.Catalogue;
using Stickers.Tagger.Backfilling;

namespace Stickers.Tagger.Tests.Backfilling;

public sealed class SuggestionsInForceTests : IDisposable
{
    private static readonly TagSuggestion[] Suggested =
    [
        new("puppy", 0.9f, SuggestionDecision.Accept),
        new("hound", 0.7f, SuggestionDecision.Review),
        new("dog", 0.6f, SuggestionDecision.Accept),
        new("noise", 0.5f, SuggestionDecision.Review),
    ];

    private readonly string _file = Path.GetTempFileName();

    public void Dispose() => File.Delete(_file);

    [Fact]
    public void Of_VocabularyEditedSinceTraining_MergesDropsAndImplies()
    {
        File.WriteAllText(_file, "junk: [noise]\naliases: { hound: dog }\ntags: { puppy: { implies: [dog] }, dog: { implies: [animal] } }");

        var rows = SuggestionsInForce.Of(new StickerId(1), Suggested, TagVocabulary.Load(_file));

        // A dog is as certain as the puppy that implies it, and one accepted reason is enough.
        Assert.Equal(
            [("animal", 0.9f, SuggestionDecision.Accept), ("dog", 0.9f, SuggestionDecision.Accept), ("puppy", 0.9f, SuggestionDecision.Accept)],
            rows.Select(row => (row.Tag, row.Score, row.Decision)));
    }

    [Fact]
    public void Of_ShippedVocabulary_ChangesNothing() =>
        Assert.Equal(
            Suggested.Select(tag => new Suggestion(new StickerId(1), tag.Tag, tag.Score, tag.Decision)),
            SuggestionsInForce.Of(new StickerId(1), Suggested, TagVocabulary.Default));
}
