using Stickers.Catalogue;
using Stickers.SimilaritySearch.Api.Answers;
using Stickers.SimilaritySearch.Api.Lookups;
using Stickers.SimilaritySearch.Api.Mapping;
using Stickers.SimilaritySearch.Api.Suggesting;
using Stickers.Tagger;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>
/// What one request is answered from: the indexes of both spaces and the model that made both, checked against each other. Never changes; freed
/// when its last lease ends.
/// </summary>
internal sealed class ServedPair
{
    private readonly Shared<ServedSpace> _visual;
    private readonly Shared<ServedSpace> _semantic;
    private readonly Shared<StickerModel> _model;
    private readonly byte[] _cursorMark;
    private readonly bool _limited;
    private int _leases = 1;

    /// <summary>Takes over one hold on each.</summary>
    /// <param name="visual">The index of looks.</param>
    /// <param name="semantic">The index of meanings.</param>
    /// <param name="model">The model that made both.</param>
    /// <param name="vocabulary">What tags are called.</param>
    /// <param name="suggester">Made of the semantic index, the model and the vocabulary.</param>
    /// <exception cref="ApiStartException">They do not belong together; nothing was taken over.</exception>
    public ServedPair(Shared<ServedSpace> visual, Shared<ServedSpace> semantic, Shared<StickerModel> model, TagVocabulary vocabulary, Suggester suggester)
    {
        var (v, s) = (visual.Value.Snapshot.Manifest, semantic.Value.Snapshot.Manifest);
        RequireOneModel(v, s);
        if (v.ModelHash != model.Value.ContentHash)
        {
            throw new ApiStartException(
                $"The model {model.Value.Version} is not the one that made the indexes: they expect content hash {v.ModelHash}, found {model.Value.ContentHash}. " +
                "Restore that model, or embed and build again (stickers embed, stickers index build).");
        }

        (_visual, _semantic, _model) = (visual, semantic, model);
        (Vocabulary, Suggester) = (vocabulary, suggester);
        _cursorMark = PageCursor.Hash($"{v.Version}/{s.Version}").ToArray();
        _limited = vocabulary.Tags.Any(tag => !tag.Countries.Allows(country: null));
    }

    public ServedSpace Visual => _visual.Value;

    public ServedSpace Semantic => _semantic.Value;

    public StickerModel Model => _model.Value;

    public TagVocabulary Vocabulary { get; }

    public Suggester Suggester { get; }

    /// <summary>Tells cursors of this pair from those of others.</summary>
    public ReadOnlySpan<byte> CursorMark => _cursorMark;

    /// <summary>The stickers on a plane.</summary>
    public CatalogueMap Map { get; } = new();

    /// <summary>Watches over the recall of live answers.</summary>
    public RecallProbe? Probe { get; init; }

    public ServedSpace this[EmbeddingSpace space] => space == EmbeddingSpace.Visual ? Visual : Semantic;

    /// <summary>What answers show of a sticker, or null when neither snapshot has it.</summary>
    public StickerAnswer? Find(StickerId id) => Visual.Find(id) ?? Semantic.Find(id);

    /// <summary>A sticker as somebody may see it.</summary>
    public StickerAnswer Show(StickerAnswer sticker, Audience audience) => audience.Show(sticker, Vocabulary);

    /// <summary>Whether somebody sees stickers as they are stored: tags without names of a language, none of them hidden.</summary>
    public bool ShowsAsStored(Audience audience) => !_limited && (audience.Language is null || Vocabulary.Tags.Count == 0);

    /// <summary>Version of the index that a blend searches; of both, joined by '+', where it searches both.</summary>
    public string IndexOf(float blend) => blend switch { 0 => Visual.Version, 1 => Semantic.Version, _ => $"{Visual.Version}+{Semantic.Version}" };

    /// <summary>Throws unless both indexes name the same model content.</summary>
    public static void RequireOneModel(SnapshotManifest visual, SnapshotManifest semantic)
    {
        if (visual.ModelHash != semantic.ModelHash)
        {
            throw new ApiStartException(
                $"The published indexes were made by different models: visual {visual.Version} by {visual.Model} ({visual.ModelHash}), " +
                $"semantic {semantic.Version} by {semantic.Model} ({semantic.ModelHash}). " +
                "Build both with one model (stickers index build), or roll one back (stickers index rollback).");
        }
    }

    /// <summary>One more hold on what the next pair has in common with this one; the caller holds a lease.</summary>
    public Shared<ServedSpace>? HoldSpace(EmbeddingSpace space, string version) =>
        this[space].Version == version ? (space == EmbeddingSpace.Visual ? _visual : _semantic).Hold() : null;

    /// <inheritdoc cref="HoldSpace"/>
    public Shared<StickerModel>? HoldModel(string contentHash) => Model.ContentHash == contentHash ? _model.Hold() : null;

    /// <summary>Takes a lease, unless the pair is freed already.</summary>
    public bool TryLease()
    {
        int leases;
        do
        {
            leases = Volatile.Read(ref _leases);
            if (leases == 0)
                return false;
        }
        while (Interlocked.CompareExchange(ref _leases, leases + 1, leases) != leases);
        return true;
    }

    /// <summary>Ends a lease.</summary>
    public void Release()
    {
        if (Interlocked.Decrement(ref _leases) != 0)
            return;
        _visual.Release();
        _semantic.Release();
        _model.Release();
    }
}
