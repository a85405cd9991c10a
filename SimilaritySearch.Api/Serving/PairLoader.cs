using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch.Api.Lookups;
using Stickers.SimilaritySearch.Api.Suggesting;
using Stickers.SimilaritySearch.Filtering;
using Stickers.Storage;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>Opens what is published, with the model that it names, and warms it.</summary>
/// <param name="store">The store.</param>
/// <param name="probe">Watches over the recall of the pairs; null for none.</param>
internal sealed class PairLoader(ObjectStore store, RecallProbe? probe = null)
{
    /// <summary>Versions of both current.json and of the vocabulary as the store knows them: another answer means that something was published.</summary>
    public async Task<string> StampAsync(CancellationToken cancellation)
    {
        var visual = await store.StatAsync(SnapshotKeys.Current(EmbeddingSpace.Visual), cancellation);
        var semantic = await store.StatAsync(SnapshotKeys.Current(EmbeddingSpace.Semantic), cancellation);
        var vocabulary = await store.StatAsync(TagVocabulary.FileName, cancellation);
        return $"{visual?.Version}/{semantic?.Version}/{vocabulary?.Version}";
    }

    /// <summary>Loads the published pair; of what the previous one has in common with it nothing is loaded again.</summary>
    /// <param name="previous">The pair that is served, with a lease; null for the first.</param>
    /// <param name="cancellation">Stops the loading.</param>
    /// <returns>The new pair, or null when the previous one is what is published.</returns>
    /// <exception cref="ApiStartException">Nothing is published, the model is missing, or they do not belong together.</exception>
    public async Task<ServedPair?> LoadAsync(ServedPair? previous, CancellationToken cancellation)
    {
        var visualVersion = await PublishedAsync(EmbeddingSpace.Visual, cancellation);
        var semanticVersion = await PublishedAsync(EmbeddingSpace.Semantic, cancellation);
        var vocabulary = await VocabularyAsync(cancellation);
        var sameWords = previous?.Vocabulary.ContentHash == vocabulary.ContentHash;
        if (previous is not null && sameWords && previous.Visual.Version == visualVersion && previous.Semantic.Version == semanticVersion)
            return null;

        Shared<ServedSpace>? visual = null, semantic = null;
        Shared<StickerModel>? model = null;
        try
        {
            visual = previous?.HoldSpace(EmbeddingSpace.Visual, visualVersion) ?? await OpenAsync(EmbeddingSpace.Visual, visualVersion, [previous?.Visual, previous?.Semantic], cancellation);
            semantic = previous?.HoldSpace(EmbeddingSpace.Semantic, semanticVersion) ?? await OpenAsync(EmbeddingSpace.Semantic, semanticVersion, [visual.Value, previous?.Semantic], cancellation);
            var manifest = visual.Value.Snapshot.Manifest;
            ServedPair.RequireOneModel(manifest, semantic.Value.Snapshot.Manifest);
            model = previous?.HoldModel(manifest.ModelHash) ?? new Shared<StickerModel>(await LoadModelAsync(manifest, cancellation));
            var suggester = sameWords && previous!.Semantic == semantic.Value && previous.Model == model.Value
                ? previous.Suggester
                : new Suggester(semantic.Value, model.Value, vocabulary, cancellation);
            var pair = new ServedPair(visual, semantic, model, vocabulary, suggester) { Probe = probe };
            Warm(pair);
            return pair;
        }
        catch
        {
            visual?.Release();
            semantic?.Release();
            model?.Release();
            throw;
        }
    }

    /// <summary>The first run of a network takes many times as long as the next, and what was never read is not in memory: not at the cost of whoever comes first.</summary>
    private static void Warm(ServedPair pair)
    {
        var blank = new RasterImage(1, 1, [0, 0, 0, 0]);
        var prediction = pair.Model.Predict([blank])[0];
        pair.Model.Heat(blank, [.. pair.Model.Vocabulary.Take(1)], HeatMap.Side); // has LibTorch loaded, which nothing else may need
        foreach (var (space, query) in new[] { (pair.Visual, prediction.Visual), (pair.Semantic, prediction.Semantic) })
        {
            space.Snapshot.Search(query, 10);
            space.Snapshot.Stickers.Browse(0, 100);
            space.Snapshot.Stickers.SearchText("a", 10);
        }
    }

    private async Task<string> PublishedAsync(EmbeddingSpace space, CancellationToken cancellation)
    {
        try
        {
            if (await SnapshotKeys.ReadCurrentAsync(store, space, cancellation) is { } current)
                return current.Version;
        }
        catch (InvalidDataException e)
        {
            throw Unservable(space, e);
        }

        throw new ApiStartException(
            $"No {space.Name()} index is published under {store.Root}. Build and publish one first: " +
            $"stickers index build --catalogue NAME --model VERSION --root {store.Root} (or all at once: stickers demo --root {store.Root}).");
    }

    private async Task<TagVocabulary> VocabularyAsync(CancellationToken cancellation)
    {
        try
        {
            return await TagVocabulary.OfAsync(store, cancellation);
        }
        catch (InvalidDataException e)
        {
            throw new ApiStartException($"The vocabulary cannot be used: {e.Message}", e);
        }
    }

    /// <param name="space">The space.</param>
    /// <param name="version">Version of its index.</param>
    /// <param name="others">Spaces that are open: what was read from the same database is not read again.</param>
    /// <param name="cancellation">Stops the opening.</param>
    private async Task<Shared<ServedSpace>> OpenAsync(EmbeddingSpace space, string version, IEnumerable<ServedSpace?> others, CancellationToken cancellation)
    {
        Snapshot? snapshot = null;
        try
        {
            snapshot = await Snapshot.OpenAsync(store, space, version, cancellation);
            var database = snapshot.Manifest.Files.Single(file => file.Path == SnapshotManifest.DatabaseFile).Sha256;
            var stickers = others.FirstOrDefault(other => other?.Stickers.DatabaseHash == database)?.Stickers
                ?? new ServedStickers(database, StickerAttributes.Load(snapshot.Stickers, cancellation));
            var opened = new Shared<ServedSpace>(new ServedSpace(space, snapshot, stickers));
            snapshot = null;
            return opened;
        }
        catch (Exception e) when (e is InvalidDataException or FileNotFoundException)
        {
            throw Unservable(space, e);
        }
        finally
        {
            snapshot?.Dispose();
        }
    }

    private static ApiStartException Unservable(EmbeddingSpace space, Exception e) => new($"The {space.Name()} index cannot be served: {e.Message}", e);

    private async Task<StickerModel> LoadModelAsync(SnapshotManifest manifest, CancellationToken cancellation)
    {
        try
        {
            return await StickerModel.LoadAsync(store, manifest.Model, cancellation);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new ApiStartException(
                $"The index {manifest.Version} was made by model {manifest.Model}, and models/{manifest.Model} under {store.Root} holds no finished model. " +
                "Restore it, or train, embed and build again (stickers train, stickers embed, stickers index build).", e);
        }
        catch (InvalidDataException e)
        {
            throw new ApiStartException($"The model {manifest.Model} cannot be loaded: {e.Message}", e);
        }
    }
}
