using System.Numerics.Tensors;
using Microsoft.AspNetCore.Http;
using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Hosting;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What is near a sticker, several of them, or a picture.</summary>
internal static class SimilarLookup
{
    /// <summary>The neighbours of a sticker, itself left out, or null when a space that is asked for does not have it.</summary>
    public static NeighbourAnswer? ToSticker(ServedPair pair, StickerId id, SimilarQuery query, CancellationToken cancellation)
    {
        var probe = Probe.Of(pair, [id], []);
        return Lacks(probe, query) ? null : ToProbe(pair, probe, query, cancellation);
    }

    /// <summary>The stickers that are like some and not like others.</summary>
    /// <exception cref="RequestException">A sticker is unknown, or the examples cancel each other.</exception>
    public static NeighbourAnswer ToExamples(ServedPair pair, IReadOnlyList<StickerId> wanted, IReadOnlyList<StickerId> unwanted, SimilarQuery query, CancellationToken cancellation)
    {
        foreach (var id in wanted.Concat(unwanted))
        {
            if (pair.Find(id) is null)
                throw new RequestException(StatusCodes.Status404NotFound, Problems.NoSuchSticker(id.ToString()));
        }

        var probe = Probe.Of(pair, wanted, unwanted);
        return Lacks(probe, query)
            ? throw new RequestException(StatusCodes.Status422UnprocessableEntity, "These examples point nowhere: they cancel each other, or the space has no vector of one of them.")
            : ToProbe(pair, probe, query, cancellation);
    }

    /// <summary>The neighbours of what has a vector in every space that is asked for.</summary>
    public static NeighbourAnswer ToProbe(ServedPair pair, Probe probe, SimilarQuery query, CancellationToken cancellation)
    {
        var name = $"{probe.Name}?{query.Text}";
        var (first, _) = PageCursor.Read(query.Cursor, name, pair);
        var arrangement = new Arrangement(pair, probe, query);
        var hits = arrangement.Page(new Ranking(pair, probe, query.Blend, query.Audience.Canonical(query.Filter, pair.Vocabulary), cancellation), first);
        using var metadata = LookupTelemetry.Measure(Phase.Metadata);
        var items = new List<Neighbour>(query.Count);
        foreach (var hit in hits.Take(query.Count))
        {
            if (pair.Find(hit.Id) is { } sticker)
                items.Add(new Neighbour(pair.Show(sticker, query.Audience), hit.Score, Ids(hit.Copies), query.Explain ? Explain(pair, probe, pair.Show(sticker, query.Audience), hit.Id) : null));
        }

        return new NeighbourAnswer(
            query.SpaceName, items, Ids(arrangement.CopiesOfTheProbe),
            hits.Count > query.Count ? PageCursor.Write(first + query.Count, 0, name, pair) : null, pair.Model.Version, pair.IndexOf(query.Blend));
    }

    private static bool Lacks(Probe probe, SimilarQuery query) => (query.Blend < 1 && probe.Visual is null) || (query.Blend > 0 && probe.Semantic is null);

    private static List<string>? Ids(IEnumerable<StickerId> ids) => ids.Select(id => id.ToString()).ToList() is { Count: > 0 } some ? some : null;

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
