using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.SimilaritySearch;

/// <summary>One immutable, loaded index with everything needed to serve it. Thread-safe.</summary>
public sealed class Snapshot : IDisposable
{
    /// <summary>Opens one version, checking its files against the manifest.</summary>
    /// <exception cref="FileNotFoundException">The version does not exist or is unfinished.</exception>
    /// <exception cref="InvalidDataException">A file's size or hash differs from the manifest.</exception>
    public static Task<Snapshot> OpenAsync(LocalStore store, EmbeddingSpace space, string version, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>Opens the version that current.json names.</summary>
    /// <exception cref="FileNotFoundException">Nothing was published yet; the message says how to.</exception>
    public static Task<Snapshot> OpenCurrentAsync(LocalStore store, EmbeddingSpace space, CancellationToken cancellation = default) => throw new NotImplementedException();

    /// <summary>What the snapshot was made of.</summary>
    public SnapshotManifest Manifest => throw new NotImplementedException();

    /// <summary>What results show.</summary>
    public StickerDatabase Stickers => throw new NotImplementedException();

    /// <summary>The k nearest stickers by cosine similarity, best first.</summary>
    /// <param name="query">Unit vector of the manifest's dimension, made by the manifest's model.</param>
    /// <param name="k">1 to 1000.</param>
    /// <param name="exclude">Left out of the answer, e.g. the query itself.</param>
    public IReadOnlyList<SearchHit> Search(ReadOnlySpan<float> query, int k, StickerId? exclude = null) => throw new NotImplementedException();

    /// <summary>The stored vector of a sticker, or null when it is not in the index.</summary>
    public float[]? Vector(StickerId id) => throw new NotImplementedException();

    /// <inheritdoc/>
    public void Dispose() => throw new NotImplementedException();
}
