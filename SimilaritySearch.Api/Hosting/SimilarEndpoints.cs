using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Lookups;

namespace Stickers.SimilaritySearch.Api.Hosting;

/// <summary>Searches by likeness.</summary>
/// <param name="lookup">Answers. Given once: to ask the container for it opens a scope for each request.</param>
internal sealed class SimilarEndpoints(LookupService lookup)
{
    private const int MostExamples = 50;

    /// <remarks>The most frequent request: what is wrong with its parameters is found here, at a fraction of what the framework's validation costs.</remarks>
    public Task<Results<ReadyJson<NeighbourAnswer>, ProblemHttpResult, BusyResult>> ToSticker(
        HttpRequest request, [Description(StickerEndpoints.IdHelp)][RegularExpression(StickerEndpoints.IdPattern)] string id, CancellationToken cancellation)
    {
        var reader = new QueryReader(request.Query);
        if (id.Length > 19 || id.AsSpan().ContainsAnyExceptInRange('0', '9'))
            reader.Fault("id", StickerEndpoints.IdHelp, 0);
        var query = SimilarParameters.Read(reader, request);
        reader.Check();
        return lookup.WriteAsync(
            lookup.Search,
            pair => StickerId.TryParse(id, out var sticker) ? SimilarLookup.ToSticker(pair, sticker, query, cancellation) : null,
            Problems.NoSuchSticker(id),
            cancellation,
            query.IsBrief ? request.HttpContext.Connection.Id : null);
    }

    public Task<Results<ReadyJson<NeighbourAnswer>, ProblemHttpResult, BusyResult>> ToExamples(HttpRequest request, CancellationToken cancellation)
    {
        var reader = new QueryReader(request.Query);
        var wanted = SimilarParameters.Ids(reader, "like", MostExamples);
        var unwanted = SimilarParameters.Ids(reader, "unlike", MostExamples);
        if (!request.Query.ContainsKey("like"))
            reader.Fault("like", "It is missing: name at least one sticker.", 0);
        var query = SimilarParameters.Read(reader, request);
        reader.Check();
        return lookup.WriteAsync(lookup.Search, pair => SimilarLookup.ToExamples(pair, wanted, unwanted, query, cancellation), missing: null, cancellation);
    }

    public async Task<Results<ReadyJson<NeighbourAnswer>, ProblemHttpResult, BusyResult>> ToImageAsync(HttpRequest request, CancellationToken cancellation)
    {
        var query = Read(request);
        var image = await UploadReader.ReadAsync(request, cancellation);
        return await lookup.WriteAsync(lookup.Upload, pair =>
        {
            var prediction = UploadLookup.Predict(pair, image, cancellation);
            return SimilarLookup.ToProbe(pair, Probe.Of(pair, prediction, Convert.ToHexString(SHA256.HashData(image.Span))), query, cancellation);
        }, missing: null, cancellation);
    }

    private static SimilarQuery Read(HttpRequest request)
    {
        var reader = new QueryReader(request.Query);
        var query = SimilarParameters.Read(reader, request);
        reader.Check();
        return query;
    }
}
