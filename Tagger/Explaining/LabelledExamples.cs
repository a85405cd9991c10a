using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Tagger.Explaining;

/// <summary>What a model's opinion rests on: the nearest stickers that creators labelled.</summary>
public static class LabelledExamples
{
    /// <summary>Nearest stickers that are looked up for their labels, for each picture: few catalogues are labelled so thinly that none of these is.</summary>
    private const int Candidates = 200;

    /// <summary>Finds them in one pass over a catalogue's embeddings and one over its stickers without their images.</summary>
    /// <param name="store">The store.</param>
    /// <param name="model">Model that made the vectors; the catalogue must be embedded by it.</param>
    /// <param name="catalogue">Catalogue name.</param>
    /// <param name="pictures">Semantic vectors of the pictures; those that are stickers of the catalogue with their id, so that none explains itself.</param>
    /// <param name="count">Examples for each picture, at least 1.</param>
    /// <param name="cancellation">Stops the passes.</param>
    /// <returns>For each picture, best first, as many as there are among the nearest.</returns>
    /// <exception cref="FileNotFoundException">The catalogue does not exist or is not embedded.</exception>
    /// <exception cref="InvalidDataException">It was embedded by another state of the model.</exception>
    public static async Task<IReadOnlyList<IReadOnlyList<LabelledExample>>> NearestAsync(
        ObjectStore store, StickerModel model, string catalogue, IReadOnlyList<(StickerId? Id, float[] Semantic)> pictures, int count, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(pictures);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var stickers = await StickerCatalogue.OpenAsync(store, catalogue, cancellation);
        var embeddings = await EmbeddingSet.OpenAsync(store, model.Version, catalogue, cancellation);
        if (embeddings.Manifest.ModelHash != model.ContentHash)
            throw new InvalidDataException($"The embeddings of '{catalogue}' are by a model '{model.Version}' with hash {embeddings.Manifest.ModelHash}, this one has {model.ContentHash}. Embed again (stickers embed).");
        var nearest = pictures.Select(_ => new PriorityQueue<StickerId, float>()).ToArray();
        await foreach (var row in embeddings.ReadAsync(cancellation))
        {
            for (var i = 0; i < pictures.Count; i++)
            {
                if (pictures[i].Id == row.Id) continue;
                var likeness = TensorPrimitives.Dot<float>(row.Semantic, pictures[i].Semantic);
                if (nearest[i].Count < Candidates) nearest[i].Enqueue(row.Id, likeness);
                else nearest[i].EnqueueDequeue(row.Id, likeness);
            }
        }

        var wanted = nearest.SelectMany(queue => queue.UnorderedItems.Select(item => item.Element)).ToHashSet();
        var labelled = new Dictionary<StickerId, LabelledExample>();
        await foreach (var sticker in stickers.ReadAsync(images: false, cancellation))
        {
            if (wanted.Contains(sticker.Id) && stickers.Vocabulary.TagsOf(sticker) is { Count: > 0 } tags)
                labelled[sticker.Id] = new LabelledExample(sticker.Id, sticker.Key, sticker.Creator, [.. tags], 0);
        }

        return [.. nearest.Select(queue => (IReadOnlyList<LabelledExample>)[.. queue.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element.Value)
            .Where(item => labelled.ContainsKey(item.Element)).Take(count).Select(item => labelled[item.Element] with { Likeness = item.Priority })])];
    }
}
