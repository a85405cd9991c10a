using System.Numerics.Tensors;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What was found, before it is shown.</summary>
/// <param name="Hits">The neighbours of this page, best first.</param>
/// <param name="CopiesOfTheProbe">Near-duplicates of what was asked about.</param>
/// <param name="Next">Cursor of the next page, or null.</param>
internal sealed record NeighbourPage(List<ArrangedHit> Hits, IReadOnlyList<StickerId> CopiesOfTheProbe, string? Next);

/// <summary>What is near a sticker, several of them, or a picture.</summary>
internal static class SimilarLookup
{
    private static readonly JsonEncodedText Space = Name("space"), Items = Name("items"), Sticker = Name("sticker"), Score = Name("score"), Copies = Name("copies"),
        Explained = Name("explain"), Next = Name("next"), Model = Name("model"), Index = Name("index");

    /// <summary>The neighbours of a sticker, itself left out, or null when a space that is asked for does not have it.</summary>
    public static ReadyJson<NeighbourAnswer>? ToSticker(ServedPair pair, StickerId id, SimilarQuery query, CancellationToken cancellation)
    {
        var probe = Probe.Of(pair, [id], [], query);
        return Lacks(probe, query) ? null : ToProbe(pair, probe, query, cancellation);
    }

    /// <summary>The stickers that are like some and not like others.</summary>
    /// <exception cref="RequestException">A sticker is unknown, or the examples cancel each other.</exception>
    public static ReadyJson<NeighbourAnswer> ToExamples(ServedPair pair, IReadOnlyList<StickerId> wanted, IReadOnlyList<StickerId> unwanted, SimilarQuery query, CancellationToken cancellation)
    {
        foreach (var id in wanted.Concat(unwanted))
        {
            if (pair.Find(id) is null)
                throw new RequestException(StatusCodes.Status404NotFound, Problems.NoSuchSticker(id.ToString()));
        }

        var probe = Probe.Of(pair, wanted, unwanted, query);
        return Lacks(probe, query)
            ? throw new RequestException(StatusCodes.Status422UnprocessableEntity, "These examples point nowhere: they cancel each other, or the space has no vector of one of them.")
            : ToProbe(pair, probe, query, cancellation);
    }

    /// <summary>The neighbours of what has a vector in every space that is asked for.</summary>
    public static ReadyJson<NeighbourAnswer> ToProbe(ServedPair pair, Probe probe, SimilarQuery query, CancellationToken cancellation)
    {
        var page = Find(pair, probe, query, cancellation);
        using var metadata = LookupTelemetry.Measure(Phase.Metadata);
        var answer = ReadyJson<NeighbourAnswer>.Begin();
        var json = answer.Writer;
        json.WriteStartObject();
        json.WriteString(Space, query.SpaceName);
        json.WriteStartArray(Items);
        using (var stickers = new StickerJson(pair, query.Audience))
        {
            stickers.Prepare(page.Hits);
            foreach (var hit in page.Hits)
                WriteNeighbour(json, stickers, pair, probe, query, hit);
        }

        json.WriteEndArray();
        WriteCopies(json, page.CopiesOfTheProbe);
        if (page.Next is not null)
            json.WriteString(Next, page.Next);
        json.WriteString(Model, pair.Model.Version);
        json.WriteString(Index, pair.IndexOf(query.Blend));
        json.WriteEndObject();
        return answer;
    }

    /// <summary>The same, not written yet.</summary>
    public static NeighbourPage Find(ServedPair pair, Probe probe, SimilarQuery query, CancellationToken cancellation)
    {
        if (query.Candidates != CandidateSource.Lists && probe.Tags.Count == 0)
            throw new RequestException(StatusCodes.Status422UnprocessableEntity, "What is asked about has no tags to find candidates by: neither its creator's nor suggestions that were accepted. Leave out `candidates`.");
        if (query.Candidates != CandidateSource.Lists && (pair.Visual.Snapshot.Manifest.TagDocuments is null || pair.Semantic.Snapshot.Manifest.TagDocuments is null))
            throw new RequestException(StatusCodes.Status409Conflict, "The index is of a format that knows no candidates by tags. Build it again, or leave out `candidates`.");
        var name = $"{probe.Name}?{query.Text}";
        var (first, _) = PageCursor.Read(query.Cursor, name, pair);
        using var arrangement = new Arrangement(pair, probe, query);
        var hits = arrangement.Page(new Ranking(pair, probe, query.Blend, query.Candidates, query.Audience.Canonical(query.Filter, pair.Vocabulary), cancellation), first);
        return new NeighbourPage(
            hits.Count > query.Count ? hits.GetRange(0, query.Count) : hits,
            [.. arrangement.CopiesOfTheProbe],
            hits.Count > query.Count ? PageCursor.Write(first + query.Count, 0, name, pair) : null);
    }

    private static void WriteNeighbour(Utf8JsonWriter json, StickerJson stickers, ServedPair pair, Probe probe, SimilarQuery query, ArrangedHit hit)
    {
        json.WriteStartObject();
        if (stickers.Write(json, Sticker, hit.Id))
        {
            json.WriteNumber(Score, hit.Score);
            WriteCopies(json, hit.Copies);
            if (query.Explain && pair.Find(hit.Id) is { } sticker)
            {
                json.WritePropertyName(Explained);
                JsonSerializer.Serialize(json, Explain(pair, probe, pair.Show(sticker, query.Audience), hit.Id), ApiJson.Options);
            }
        }

        json.WriteEndObject();
    }

    private static void WriteCopies(Utf8JsonWriter json, IReadOnlyList<StickerId> copies)
    {
        if (copies.Count == 0)
            return;
        json.WriteStartArray(Copies);
        foreach (var copy in copies)
            json.WriteStringValue(copy.ToString());
        json.WriteEndArray();
    }

    private static JsonEncodedText Name(string name) => JsonEncodedText.Encode(name);

    private static bool Lacks(Probe probe, SimilarQuery query) => (query.Blend < 1 && probe.Visual is null) || (query.Blend > 0 && probe.Semantic is null);

    private static Explanation Explain(ServedPair pair, Probe probe, StickerAnswer sticker, StickerId id)
    {
        var asked = probe.Excluded.Select(pair.Find).OfType<StickerAnswer>().ToList();
        return new Explanation(
            Cosine(EmbeddingSpace.Visual),
            Cosine(EmbeddingSpace.Semantic),
            [.. sticker.CountedTags.Intersect(asked.SelectMany(other => other.CountedTags), StringComparer.Ordinal)],
            asked.Exists(other => other.Pack == sticker.Pack),
            asked.Exists(other => other.Creator.Length > 0 && other.Creator == sticker.Creator));

        float? Cosine(EmbeddingSpace space) =>
            probe[space] is { } query && pair[space].Snapshot.Vector(id) is { } vector ? TensorPrimitives.Dot<float>(query, vector) : null;
    }
}
