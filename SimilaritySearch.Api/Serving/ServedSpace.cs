namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>The snapshot of one space with what was computed from it when it was loaded.</summary>
internal sealed class ServedSpace(EmbeddingSpace space, Snapshot snapshot) : IDisposable
{
    public EmbeddingSpace Space { get; } = space;

    public Snapshot Snapshot { get; } = snapshot;

    public string Version => Snapshot.Manifest.Version;

    public void Dispose() => Snapshot.Dispose();
}
