using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Lookups;
using Stickers.SimilaritySearch.Api.Suggesting;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Words and tags.</summary>
/// <param name="lookup">Answers. Given once: to ask the container for it opens a scope for each request.</param>
internal sealed class TextEndpoints(LookupService lookup)
{
    private const int SearchCount = 60;
    private const int SuggestCount = 10;

    public Task<Results<Ok<SearchAnswer>, ProblemHttpResult, BusyResult>> Search(HttpRequest request, CancellationToken cancellation)
    {
        var reader = new QueryReader(request.Query);
        var text = reader.Text("q", StickerDatabase.MaxTextLength, required: true);
        var query = SimilarParameters.Read(reader, request, SearchCount);
        reader.Check();
        return lookup.AnswerAsync(lookup.Search, pair => new TextLookup(pair, text!, query, cancellation).Answer(), missing: null, cancellation);
    }

    public Task<Results<Ok<SuggestAnswer>, ProblemHttpResult, BusyResult>> Suggest(HttpRequest request, CancellationToken cancellation)
    {
        var reader = new QueryReader(request.Query);
        var text = reader.Text("text", Suggester.MaxText) ?? "";
        var locale = reader.Text("locale", 35);
        var count = reader.Whole("k", 1, Suggester.MaxCount, SuggestCount);
        var audience = SimilarParameters.ReadAudience(reader);
        reader.Check();
        return lookup.AnswerAsync(
            lookup.Light,
            pair => new SuggestAnswer(pair.Suggester.Suggest(pair, text, locale ?? audience.Language, audience.Country, count), pair.Model.Version, pair.Semantic.Version),
            missing: null,
            cancellation,
            briefFor: request.HttpContext.Connection.Id);
    }

    public Task<Results<Ok<TopTags>, ProblemHttpResult, BusyResult>> Tags(
        [Description("How many to return at most.")][Range(1, 200)] int k = 40,
        [Description(SimilarParameters.LanguageHelp)][StringLength(35)] string? lang = null,
        [Description(SimilarParameters.CountryHelp)][RegularExpression("^[A-Za-z]{2}$")] string? country = null,
        CancellationToken cancellation = default) =>
        lookup.AnswerAsync(lookup.Light, pair => StickerLookup.TopTags(pair, k, new Audience(lang, country)), missing: null, cancellation);

    public async Task<Results<Ok<SuggestionAnswer>, ProblemHttpResult, BusyResult>> OfImageAsync(
        HttpRequest request,
        [Description("Whether to add where the picture shows its best tags, and the stickers with creators' tags that it is nearest to in meaning.")] bool explain = false,
        [Description(SimilarParameters.LanguageHelp)][StringLength(35)] string? lang = null,
        [Description(SimilarParameters.CountryHelp)][RegularExpression("^[A-Za-z]{2}$")] string? country = null,
        CancellationToken cancellation = default)
    {
        var image = await UploadReader.ReadAsync(request, cancellation);
        return await lookup.AnswerAsync(lookup.Upload, pair => UploadLookup.Tags(pair, image, new Audience(lang, country), explain, cancellation), missing: null, cancellation);
    }
}
