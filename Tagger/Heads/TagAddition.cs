using System.Security.Cryptography;
using System.Text;
using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Backfilling.Planning;
using Stickers.Tagger.Models;

namespace Stickers.Tagger.Heads;

/// <summary>What to add.</summary>
public sealed record TagAdditionOptions
{
    /// <summary>The tag; it is made canonical.</summary>
    public required string Tag { get; init; }

    /// <summary>Keys or ids of stickers of the catalogue that deserve it, at least 3.</summary>
    public required IReadOnlyList<string> Examples { get; init; }

    /// <summary>Model whose embeddings are read; they must be there (<c>stickers embed</c>).</summary>
    public required string Model { get; init; }

    /// <summary>Catalogue name.</summary>
    public required string Catalogue { get; init; }
}

/// <summary>Adds a tag without training: fits a head on embeddings and plans its suggestions for the stickers near the examples. The network is not run.</summary>
public static class TagAddition
{
    private const int LeastExamples = 3;
    private const int Background = 2000;
    private const int RowsPerPart = 65536;

    /// <summary>Key of a tag's head.</summary>
    public static string KeyOf(string model, string tag) => $"models/{model}/heads/{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(tag)))[..12]}.json";

    /// <summary>Fits, writes the head, and plans.</summary>
    /// <exception cref="ArgumentException">The tag is junk, or known to the model, or an example is not there; or there are too few.</exception>
    /// <exception cref="InvalidDataException">The embeddings are of another state of model or catalogue.</exception>
    public static async Task<(TagHead Head, BackfillPlan Plan)> RunAsync(ObjectStore store, TagAdditionOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation);
        var model = await ModelDescription.LoadAsync(store, options.Model, cancellation);
        var embeddings = await EmbeddingSet.OpenAsync(store, options.Model, options.Catalogue, cancellation);
        if (embeddings.Manifest.ModelHash != model.ContentHash || embeddings.Manifest.CatalogueHash != catalogue.ContentHash)
            throw new InvalidDataException($"The embeddings of '{options.Catalogue}' by '{options.Model}' are of another state of them. Embed again (stickers embed).");
        var tag = catalogue.Vocabulary.Normalize(options.Tag) ?? throw new ArgumentException($"'{options.Tag}' is junk by the vocabulary in force and cannot be a tag.");
        if (model.Vocabulary.Contains(tag)) throw new ArgumentException($"Model '{options.Model}' knows '{tag}' already. A head is for tags that it does not know.");

        var examples = await ExamplesAsync(catalogue, options, cancellation);
        var head = await FitAsync(tag, model, embeddings, examples, progress, cancellation);
        await store.WriteJsonAsync(KeyOf(options.Model, tag), head, cancellation);
        var folder = await WriteRowsAsync(store, catalogue, model, embeddings, head, progress, cancellation);
        return (head, await BackfillPlanner.PlanRowsAsync(store, new PlanOptions { Model = options.Model, Catalogue = options.Catalogue, Except = [tag] }, folder, progress, cancellation));
    }

    private static async Task<HashSet<StickerId>> ExamplesAsync(StickerCatalogue catalogue, TagAdditionOptions options, CancellationToken cancellation)
    {
        var wanted = options.Examples.ToHashSet(StringComparer.Ordinal);
        var found = new HashSet<StickerId>();
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation))
        {
            if (wanted.Remove(sticker.Key) | wanted.Remove(sticker.Id.ToString())) found.Add(sticker.Id);
        }

        if (wanted.Count > 0) throw new ArgumentException($"Catalogue '{catalogue.Name}' has no sticker with the key or id {string.Join(", ", wanted.Take(5).Select(name => $"'{name}'"))}.");
        return found.Count >= LeastExamples ? found : throw new ArgumentException($"{found.Count} examples are too few to say what '{options.Tag}' looks like; give at least {LeastExamples}, better ten.");
    }

    /// <summary>Ids are hashes: the smallest are an unbiased sample of the others.</summary>
    private static async Task<TagHead> FitAsync(string tag, ModelDescription model, EmbeddingSet embeddings, HashSet<StickerId> examples, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var positives = new List<(StickerId, float[])>();
        var background = new SortedList<long, float[]>();
        long read = 0;
        await foreach (var (id, visual, semantic) in embeddings.ReadAsync(cancellation))
        {
            progress?.Report(new JobProgress("fit", ++read, embeddings.Manifest.Written, "stickers"));
            if (examples.Contains(id)) positives.Add((id, TagHead.Join(visual, semantic)));
            else if (background.Count < Background || id.Value < background.GetKeyAtIndex(background.Count - 1))
            {
                background[id.Value] = TagHead.Join(visual, semantic);
                if (background.Count > Background) background.RemoveAt(background.Count - 1);
            }
        }

        if (positives.Count < examples.Count) throw new InvalidDataException($"{examples.Count - positives.Count} of the examples have no embedding: their images do not decode. Choose others.");
        if (background.Count < 20) throw new InvalidDataException($"Only {background.Count} stickers besides the examples are embedded: too few to tell the tag from the rest.");
        return TagHead.Fit(tag, model.ContentHash, [.. positives.OrderBy(example => example.Item1.Value)], [.. background.Values]);
    }

    /// <summary>What stands, with the new tag where it belongs: untagged stickers near the examples.</summary>
    private static async Task<string> WriteRowsAsync(ObjectStore store, StickerCatalogue catalogue, ModelDescription model, EmbeddingSet embeddings, TagHead head, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var standing = await SuggestionSet.TryOpenAsync(store, model.Manifest.Version, catalogue.Name, cancellation)
            ?? throw new InvalidDataException($"No suggestions by model '{model.Manifest.Version}' stand for catalogue '{catalogue.Name}'. Backfill first: the new tag is added to what stands.");
        var known = model.Vocabulary.ToHashSet(StringComparer.Ordinal);
        var folder = $"plans/{catalogue.Name}/rows-{ContentHash.Of([BackfillPlan.HashOf(standing.Manifest) ?? "", catalogue.ContentHash, catalogue.Vocabulary.ContentHash, System.Text.Json.JsonSerializer.Serialize(head)])[..12]}";
        var added = new Dictionary<StickerId, Suggestion>();
        await foreach (var (id, visual, semantic) in embeddings.ReadAsync(cancellation))
        {
            if (head.Suggest(id, visual, semantic) is { } suggestion) added[id] = suggestion;
        }

        var files = new List<CommittedFile>();
        var rows = new List<Suggestion>();
        long all = 0, newlyTagged = 0, read = 0;
        await using var stands = standing.ReadAsync(cancellation).GetAsyncEnumerator(cancellation);
        var more = await stands.MoveNextAsync();
        await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation))
        {
            progress?.Report(new JobProgress("suggest", ++read, catalogue.Manifest.Written, "stickers"));
            var own = new List<Suggestion>();
            for (; more && stands.Current.Id == sticker.Id; more = await stands.MoveNextAsync()) own.Add(stands.Current);
            var before = own.Count;
            own.RemoveAll(suggestion => suggestion.Tag == head.Tag);
            if (added.TryGetValue(sticker.Id, out var suggestion) && !catalogue.Vocabulary.TagsOf(sticker).Any(known.Contains)) own.Add(suggestion);
            if (before == 0 && own.Count > 0) newlyTagged++;
            if (before > 0 && own.Count == 0) newlyTagged--;
            rows.AddRange(own.OrderByDescending(row => row.Score).ThenBy(row => row.Tag, StringComparer.Ordinal));
            all += own.Count;
            if (rows.Count >= RowsPerPart) await WriteAsync();
        }

        if (more) throw new InvalidDataException($"What stands speaks of sticker {stands.Current.Id}, which is not in catalogue '{catalogue.Name}' or not in its order. Plan a backfill first.");
        if (rows.Count > 0 || files.Count == 0) await WriteAsync();
        await store.WriteJsonAsync($"{folder}/{SuggestionSet.ManifestName}", standing.Manifest with
        {
            Plan = null,
            TagRulesHash = catalogue.Vocabulary.ContentHash,
            Tagged = standing.Manifest.Tagged + newlyTagged,
            WithoutSuggestion = standing.Manifest.WithoutSuggestion - newlyTagged,
            Rows = all,
            Files = files,
        }, cancellation);
        return folder;

        async Task WriteAsync()
        {
            files.Add(await SuggestionSet.WritePartAsync(store, folder, files.Count, rows, cancellation));
            rows.Clear();
        }
    }
}
