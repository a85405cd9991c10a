using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Mapping;

/// <summary>The map of a space: made when it is first asked for, then kept as long as the pair.</summary>
internal sealed class CatalogueMap
{
    /// <summary>Stickers on a map: of larger catalogues an even sample.</summary>
    public const int MostPoints = 3000;

    private readonly Lock _gate = new();
    private readonly Dictionary<EmbeddingSpace, MapAnswer> _maps = [];

    /// <summary>The map of a space.</summary>
    public MapAnswer Of(ServedPair pair, EmbeddingSpace space, CancellationToken cancellation)
    {
        // Made under the lock: a second one that asks meanwhile waits for the first instead of doing the same.
        lock (_gate)
        {
            if (!_maps.TryGetValue(space, out var map))
                _maps[space] = map = Make(pair[space], pair.Model.Version, cancellation);
            return map;
        }
    }

    private static MapAnswer Make(ServedSpace space, string model, CancellationToken cancellation)
    {
        var attributes = space.Attributes;
        // Ids are hashes, so stickers at even distances by id are an even sample.
        var shown = Math.Min(attributes.Count, MostPoints);
        var (ids, vectors) = (new List<string>(), new List<float[]>());
        for (var i = 0; i < shown; i++)
        {
            var id = attributes.IdAt((int)((long)i * attributes.Count / shown));
            if (space.Snapshot.Vector(id) is not { } vector)
                continue;
            ids.Add(id.ToString());
            vectors.Add(vector);
        }

        var points = MapLayout.Of(vectors, cancellation);
        return new MapAnswer(space.Space, attributes.Count, ids, [.. points.Select(p => MathF.Round(p.X, 4))], [.. points.Select(p => MathF.Round(p.Y, 4))], model, space.Version);
    }
}
