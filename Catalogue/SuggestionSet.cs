using System.Runtime.CompilerServices;
using Stickers.Catalogue.Tables;
using Stickers.Storage;

namespace Stickers.Catalogue;

/// <summary>What becomes of a suggestion.</summary>
public enum SuggestionDecision
{
    /// <summary>At or above the tag's threshold.</summary>
    Accept = 1,

    /// <summary>Likely, but a person should look.</summary>
    Review = 2,
}

/// <summary>A tag that the model gave.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Tag">Canonical tag of the model's vocabulary.</param>
/// <param name="Score">Calibrated probability, 0 to 1.</param>
/// <param name="Decision">Accept or review.</param>
public sealed record Suggestion(StickerId Id, string Tag, float Score, SuggestionDecision Decision);

/// <summary>suggestions.json</summary>
public sealed record SuggestionManifest
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Model version.</summary>
    public required string Model { get; init; }

    /// <summary>Content hash of that model.</summary>
    public required string ModelHash { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Content hash of that catalogue.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Hash of the vocabulary in force, <see cref="TagVocabulary.ContentHash"/>; null in sets made before it was recorded.</summary>
    public string? TagRulesHash { get; init; }

    /// <summary>The plan that was applied to make this set; null when a backfill wrote it.</summary>
    public string? Plan { get; init; }

    /// <summary>Untagged stickers read = Tagged + WithoutSuggestion + Quarantined.</summary>
    public required long Read { get; init; }

    /// <summary>Stickers with at least one suggestion.</summary>
    public required long Tagged { get; init; }

    /// <summary>Stickers for which no tag scored high enough.</summary>
    public required long WithoutSuggestion { get; init; }

    /// <summary>Stickers whose image could not be decoded.</summary>
    public required long Quarantined { get; init; }

    /// <summary>Rows (suggestions) in the parts.</summary>
    public required long Rows { get; init; }

    /// <summary>The part files in order.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }
}

/// <summary>Suggestions on storage: <c>suggestions/&lt;model&gt;/&lt;catalogue&gt;/part-*.parquet</c>, <c>suggestions.json</c> last.</summary>
public sealed class SuggestionSet
{
    /// <summary>Name of the manifest.</summary>
    public const string ManifestName = "suggestions.json";


    private const int RowsPerGroup = 65536;

    private readonly ObjectStore _store;
    private readonly string _folder;

    private SuggestionSet(ObjectStore store, string folder, SuggestionManifest manifest) => (_store, _folder, Manifest) = (store, folder, manifest);

    /// <summary>Counts, files and hashes.</summary>
    public SuggestionManifest Manifest { get; }

    /// <summary>Hash over the hashes of all parts.</summary>
    public string ContentHash => DataSet.ContentHash(Manifest.Files);

    /// <summary>Opens a finished set, or returns null when there is none. Sizes are checked, content is not (<see cref="VerifyAsync"/>).</summary>
    /// <exception cref="InvalidDataException">It was written in another format, or a part is missing or has another size.</exception>
    public static Task<SuggestionSet?> TryOpenAsync(ObjectStore store, string model, string catalogue, CancellationToken cancellation = default) =>
        TryOpenAsync(store, FolderOf(model, catalogue), cancellation);

    /// <summary>Opens a finished set in a folder of its own, such as one that is only planned.</summary>
    /// <inheritdoc cref="TryOpenAsync(ObjectStore, string, string, CancellationToken)"/>
    public static async Task<SuggestionSet?> TryOpenAsync(ObjectStore store, string folder, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        var manifest = await store.ReadJsonAsync<SuggestionManifest>($"{folder}/{ManifestName}", cancellation).ConfigureAwait(false);
        if (manifest is null) return null;
        await DataSet.CheckAsync(store, folder, ManifestName, manifest.FormatVersion, manifest.Files, cancellation).ConfigureAwait(false);
        return new SuggestionSet(store, folder, manifest);
    }

    /// <summary>Where the suggestions of a model for a catalogue stand, without a slash at the end.</summary>
    public static string FolderOf(string model, string catalogue) => DataSet.SuggestionFolder(model, catalogue);

    /// <summary>Streams the rows; those of one sticker follow each other, best score first.</summary>
    public async IAsyncEnumerable<Suggestion> ReadAsync([EnumeratorCancellation] CancellationToken cancellation = default)
    {
        foreach (var file in Manifest.Files)
        {
            await foreach (var row in ParquetFile.ReadAsync(_store, $"{_folder}/{file.Path}", new SuggestionTable(), cancellation).ConfigureAwait(false))
                yield return row;
        }
    }

    /// <summary>Reads all parts and compares their hashes with the manifest's.</summary>
    /// <exception cref="InvalidDataException">A part differs; the message has both hashes.</exception>
    public Task VerifyAsync(CancellationToken cancellation = default) => DataSet.VerifyAsync(_store, _folder, Manifest.Files, cancellation);

    /// <summary>Writes one part atomically; rows keep their order. The same rows always give the same bytes.</summary>
    public static Task<CommittedFile> WritePartAsync(ObjectStore store, string model, string catalogue, int part, IReadOnlyList<Suggestion> rows, CancellationToken cancellation = default) =>
        WritePartAsync(store, FolderOf(model, catalogue), part, rows, cancellation);

    /// <summary>Writes one part of a set in a folder of its own.</summary>
    /// <inheritdoc cref="WritePartAsync(ObjectStore, string, string, int, IReadOnlyList{Suggestion}, CancellationToken)"/>
    public static Task<CommittedFile> WritePartAsync(ObjectStore store, string folder, int part, IReadOnlyList<Suggestion> rows, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(rows);
        var key = $"{folder}/{DataSet.PartName(part)}";
        return ParquetFile.WriteAsync(store, key, new SuggestionTable(), rows.ToAsyncEnumerable(), RowsPerGroup, cancellation);
    }
}
