using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Serving;

namespace Stickers.SimilaritySearch.Api.Lookups;

/// <summary>What is near a sticker or a picture.</summary>
internal static class SimilarLookup
{
    /// <summary>The neighbours of a sticker, itself left out, or null when the space's index does not have it.</summary>
    public static NeighbourAnswer? ToSticker(ServedPair pair, StickerId id, EmbeddingSpace space, int k) =>
        pair[space].Snapshot.Vector(id) is { } vector ? Neighbours(pair, space, vector, k, id) : null;

    /// <summary>The neighbours of a vector of the space.</summary>
    public static NeighbourAnswer Neighbours(ServedPair pair, EmbeddingSpace space, float[] vector, int k, StickerId? exclude)
    {
        var snapshot = pair[space].Snapshot;
        var items = new List<Neighbour>(k);
        foreach (var hit in snapshot.Search(vector, k, exclude))
        {
            if (snapshot.Stickers.Find(hit.Id) is { } record)
                items.Add(new Neighbour(StickerAnswer.Of(record), hit.Score));
        }

        return new NeighbourAnswer(space, items, pair.Model.Version, snapshot.Manifest.Version);
    }
}
