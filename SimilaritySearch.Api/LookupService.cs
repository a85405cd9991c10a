using System.Numerics.Tensors;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.Storage;
using Stickers.Tagger;
using Stickers.Tagger.Backfilling;

namespace Stickers.SimilaritySearch.Api;

/// <summary>Answers lookups from one visual and one semantic snapshot and the model that made both. Thread-safe; owns all three.</summary>
internal sealed class LookupService : IDisposable
{
    private readonly Snapshot _visual;
    private readonly Snapshot _semantic;
    private readonly StickerModel _model;

    /// <exception cref="ApiStartException">The three do not belong together: a query would be embedded by another model than the index.</exception>
    public LookupService(Snapshot visual, Snapshot semantic, StickerModel model)
    {
        RequireOneModel(visual.Manifest, semantic.Manifest, model.Version, model.ContentHash);
        _visual = visual;
        _semantic = semantic;
        _model = model;
    }

    /// <summary>Opens what is published, and the model that it names.</summary>
    /// <exception cref="ApiStartException">Nothing is published, the model is missing, or they do not belong together.</exception>
    public static async Task<LookupService> OpenAsync(ObjectStore store, CancellationToken cancellation)
    {
        var visual = await OpenSnapshotAsync(store, EmbeddingSpace.Visual, cancellation);
        Snapshot? semantic = null;
        StickerModel? model = null;
        try
        {
            semantic = await OpenSnapshotAsync(store, EmbeddingSpace.Semantic, cancellation);
            model = await LoadModelAsync(store, visual.Manifest, cancellation);
            var service = new LookupService(visual, semantic, model);
            // The first run of a network takes many times as long as the next: not at the cost of whoever comes first.
            model.Predict([new RasterImage(1, 1, [0, 0, 0, 0])]);
            return service;
        }
        catch
        {
            visual.Dispose();
            semantic?.Dispose();
            model?.Dispose();
            throw;
        }
    }

    public StatusAnswer Status() => new(
        _visual.Stickers.Count,
        _visual.Manifest.Catalogue,
        new ModelStatus(_model.Version, _model.ContentHash, _model.Vocabulary.Count),
        [StatusOf(_visual, EmbeddingSpace.Visual), StatusOf(_semantic, EmbeddingSpace.Semantic)]);

    public StickerPage Browse(int offset, int count)
    {
        var items = _visual.Stickers.Browse(offset, count).Select(StickerAnswer.Of).ToList();
        return new StickerPage(items, offset, _visual.Stickers.Count, _model.Version, _visual.Manifest.Version);
    }

    /// <summary>The sticker, or null when no index has it.</summary>
    public StickerDetail? Find(StickerId id)
    {
        foreach (var snapshot in (Snapshot[])[_visual, _semantic])
        {
            if (snapshot.Stickers.Find(id) is { } record)
                return new StickerDetail(StickerAnswer.Of(record), _model.Version, snapshot.Manifest.Version);
        }

        return null;
    }

    /// <summary>PNG of at most 160 pixels a side, or null when no index has the sticker.</summary>
    public byte[]? Thumbnail(StickerId id) => _visual.Stickers.Thumbnail(id) ?? _semantic.Stickers.Thumbnail(id);

    public TopTags TopTags(int k)
    {
        var items = _visual.Stickers.TopTags(k).Select(tag => new TagCount(tag.Tag, tag.Count)).ToList();
        return new TopTags(items, _model.Version, _visual.Manifest.Version);
    }

    /// <summary>The neighbours of a sticker, itself left out, or null when the space's index does not have it.</summary>
    public NeighbourAnswer? Similar(StickerId id, EmbeddingSpace space, int k)
    {
        var snapshot = SnapshotOf(space);
        return snapshot.Vector(id) is { } vector ? Neighbours(space, vector, k, id) : null;
    }

    /// <summary>The neighbours of an uploaded image.</summary>
    /// <exception cref="ImageException">It cannot be decoded.</exception>
    public NeighbourAnswer Similar(ReadOnlyMemory<byte> image, EmbeddingSpace space, int k)
    {
        var prediction = Predict(image);
        return Neighbours(space, space == EmbeddingSpace.Visual ? prediction.Visual : prediction.Semantic, k, exclude: null);
    }

    /// <summary>The tags worth suggesting for an uploaded image.</summary>
    /// <exception cref="ImageException">It cannot be decoded.</exception>
    public SuggestionAnswer Suggest(ReadOnlyMemory<byte> image)
    {
        var suggestions = _model.Suggest(Predict(image).Scores)
            .Select(s => new SuggestedTag(s.Tag, s.Score, s.Decision == SuggestionDecision.Accept ? "accept" : "review"))
            .ToList();
        return new SuggestionAnswer(suggestions, _model.Version);
    }

    /// <summary>
    /// Stickers that carry the words; then, where the model knows the words' meaning, others that look like it. Up to a third of the
    /// answer is kept for the latter: a sticker that nobody tagged is found even for the most frequent tag.
    /// </summary>
    public SearchAnswer Search(string text, int k)
    {
        var worded = _semantic.Stickers.SearchText(text, StickerDatabase.MaxRows);
        var meant = SearchMeaning(text, worded, k - Math.Min(worded.Count, k - (k / 3)));
        var results = worded.Take(k - meant.Count)
            .Select(hit => new SearchResult(StickerAnswer.Of(_semantic.Stickers.Find(hit.Id)!), MatchKind.Text, hit.Score))
            .Concat(meant)
            .ToList();
        return new SearchAnswer(text, results, _model.Version, _semantic.Manifest.Version);
    }

    public void Dispose()
    {
        _visual.Dispose();
        _semantic.Dispose();
        _model.Dispose();
    }

    /// <summary>Throws unless all three name the same model content.</summary>
    internal static void RequireOneModel(SnapshotManifest visual, SnapshotManifest semantic, string modelVersion, string modelHash)
    {
        if (visual.ModelHash != semantic.ModelHash)
        {
            throw new ApiStartException(
                $"The published indexes were made by different models: visual {visual.Version} by {visual.Model} ({visual.ModelHash}), " +
                $"semantic {semantic.Version} by {semantic.Model} ({semantic.ModelHash}). " +
                "Build both with one model (stickers index build), or roll one back (stickers index rollback).");
        }

        if (visual.ModelHash != modelHash)
        {
            throw new ApiStartException(
                $"The model {modelVersion} is not the one that made the indexes: they expect content hash {visual.ModelHash}, found {modelHash}. " +
                "Restore that model, or embed and build again (stickers embed, stickers index build).");
        }
    }

    /// <summary>The stickers near the text's meaning among those that do not carry it, nearest first.</summary>
    private List<SearchResult> SearchMeaning(string text, IReadOnlyList<SearchHit> worded, int k)
    {
        var results = new List<SearchResult>(k);
        if (k == 0 || TagVocabulary.Default.Normalize(text) is not { } tag || Meaning(tag) is not { } vector)
            return results;
        var seen = worded.Select(hit => hit.Id).ToHashSet();
        // Cosines of random unit vectors have a standard deviation of 1 / sqrt(d): what is nearer by less than two of them is chance.
        var floor = 2 / MathF.Sqrt(vector.Length);
        foreach (var hit in _semantic.Search(vector, Math.Min(Snapshot.MaxNeighbours, k + seen.Count)).TakeWhile(hit => hit.Score >= floor))
        {
            // The tag itself is asked for too: of a very frequent one, not all carriers are among the hits for the words.
            if (results.Count < k && !seen.Contains(hit.Id) && _semantic.Stickers.Find(hit.Id) is { } record && !record.Tags.Contains(tag))
                results.Add(new SearchResult(StickerAnswer.Of(record), MatchKind.Semantic, hit.Score));
        }

        return results;
    }

    /// <summary>The unit vector of a canonical tag, or of several whose words make it up; null when a word is unknown.</summary>
    private float[]? Meaning(string tag)
    {
        if (_model.TagVector(tag) is { } vector)
            return vector;
        var sum = new float[_model.SemanticDimension];
        foreach (var word in tag.Split(' '))
        {
            if (_model.TagVector(word) is not { } part)
                return null;
            TensorPrimitives.Add(sum, part, sum);
        }

        var norm = TensorPrimitives.Norm<float>(sum);
        if (norm < 1e-6f)
            return null;
        TensorPrimitives.Divide(sum, norm, sum);
        return sum;
    }

    /// <summary>As stickers are embedded: an animation by several frames.</summary>
    private Prediction Predict(ReadOnlyMemory<byte> image) => FramePool.Pool(_model.Predict(StickerFrames.Decode(image.Span)));

    private NeighbourAnswer Neighbours(EmbeddingSpace space, float[] vector, int k, StickerId? exclude)
    {
        var snapshot = SnapshotOf(space);
        var items = new List<Neighbour>(k);
        foreach (var hit in snapshot.Search(vector, k, exclude))
        {
            if (snapshot.Stickers.Find(hit.Id) is { } record)
                items.Add(new Neighbour(StickerAnswer.Of(record), hit.Score));
        }

        return new NeighbourAnswer(space, items, _model.Version, snapshot.Manifest.Version);
    }

    private Snapshot SnapshotOf(EmbeddingSpace space) => space == EmbeddingSpace.Visual ? _visual : _semantic;

    private static IndexStatus StatusOf(Snapshot snapshot, EmbeddingSpace space) => new(
        space, snapshot.Manifest.Version, snapshot.Manifest.Count, snapshot.Manifest.Dimension, snapshot.Manifest.Factory, snapshot.Manifest.RecallAt10);

    private static async Task<Snapshot> OpenSnapshotAsync(ObjectStore store, EmbeddingSpace space, CancellationToken cancellation)
    {
        var name = space == EmbeddingSpace.Visual ? "visual" : "semantic";
        try
        {
            return await Snapshot.OpenCurrentAsync(store, space, cancellation);
        }
        catch (FileNotFoundException e)
        {
            throw new ApiStartException(
                $"No {name} index is published under {store.Root}. Build and publish one first: " +
                $"stickers index build --catalogue NAME --model VERSION --root {store.Root} (or all at once: stickers demo --root {store.Root}).", e);
        }
        catch (InvalidDataException e)
        {
            throw new ApiStartException($"The {name} index cannot be served: {e.Message}", e);
        }
    }

    private static async Task<StickerModel> LoadModelAsync(ObjectStore store, SnapshotManifest manifest, CancellationToken cancellation)
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
