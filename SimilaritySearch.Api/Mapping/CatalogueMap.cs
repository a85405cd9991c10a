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
        // Ids are hashes, so every n-th sticker by id is an even sample.
        var step = Math.Max(1, (attributes.Count + MostPoints - 1) / MostPoints);
        var (ids, vectors) = (new List<string>(), new List<float[]>());
        for (var position = 0; position < attributes.Count; position += step)
        {
            if (space.Snapshot.Vector(attributes.IdAt(position)) is not { } vector)
                continue;
            ids.Add(attributes.IdAt(position).ToString());
            vectors.Add(vector);
        }

        var points = MapLayout.Of(vectors, cancellation);
        return new MapAnswer(space.Space, attributes.Count, ids, [.. points.Select(p => MathF.Round(p.X, 4))], [.. points.Select(p => MathF.Round(p.Y, 4))], model, space.Version);
    }
}
