using System.Text.Json;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>duplicates.json of <c>duplicates/&lt;version&gt;/</c>.</summary>
public sealed record DuplicateManifest
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>Version of the visual index whose stickers were compared.</summary>
    public required string Index { get; init; }

    /// <summary>Content hash of the catalogue that it was made of.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Smallest cosine that counted.</summary>
    public required float Threshold { get; init; }

    /// <summary>Stickers compared.</summary>
    public required long Stickers { get; init; }

    /// <summary>Pairs that are as near.</summary>
    public required long Pairs { get; init; }

    /// <summary>How many of the pairs are alike by their edges alone: recoloured.</summary>
    public required long Recoloured { get; init; }

    /// <summary>Groups of two or more.</summary>
    public required int Groups { get; init; }

    /// <summary>Stickers in groups.</summary>
    public required int Members { get; init; }

    /// <summary>Groups with stickers of more than one creator.</summary>
    public required int AcrossCreators { get; init; }

    /// <summary>groups.jsonl, then the pages.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }
}

/// <summary>Finds groups of near-identical stickers over a whole catalogue: copies, re-uploads, recolours.</summary>
public static class DuplicateSearch
{
    /// <summary>
    /// Compares all stickers of the visual index, by their vectors and by the edges of their thumbnails, and writes groups and contact sheets to
    /// <c>duplicates/&lt;version&gt;/</c>, the manifest last. Memory is the index, a kilobyte a sticker and 16 bytes for each pair of look-alikes; groups and pictures pass by.
    /// </summary>
    /// <exception cref="FileNotFoundException">There is no visual index.</exception>
    /// <exception cref="InvalidOperationException">The threshold is so low that everything looks alike.</exception>
    public static async Task<DuplicateManifest> RunAsync(ObjectStore store, DuplicateOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        if (!(options.Threshold is >= 0.5f and <= 1))
            throw new ArgumentOutOfRangeException(nameof(options), options.Threshold, "The threshold is between 0.5 and 1.");
        ArgumentOutOfRangeException.ThrowIfLessThan(options.ShownMembers, 2, nameof(options));
        using var snapshot = await OpenAsync(store, options.Version, cancellation);
        var look = await Task.Run(() => CompareAll(snapshot, options.Threshold, progress, cancellation), cancellation);
        var groups = Grouping.Of(look, options.Threshold);

        var folder = $"duplicates/{snapshot.Manifest.Version}";
        await DeleteOldAsync(store, folder, cancellation);
        var files = new List<CommittedFile> { await WriteLinesAsync(store, folder, snapshot, groups, cancellation) };
        var (across, pages) = (0, (groups.Count + DuplicatePage.GroupsOfPage - 1) / DuplicatePage.GroupsOfPage);
        for (var page = 0; page < pages; page++)
        {
            cancellation.ThrowIfCancellationRequested();
            var first = page * DuplicatePage.GroupsOfPage;
            var lines = groups.Skip(first).Take(DuplicatePage.GroupsOfPage).Select(group => LineOf(snapshot, group)).ToList();
            across += lines.Count(line => line.Creators > 1);
            var title = $"Look-alikes in {snapshot.Manifest.Catalogue}: {groups.Count} groups";
            var html = DuplicatePage.Write(title, page, pages, first, lines, options.ShownMembers, id => snapshot.Stickers.Thumbnail(StickerId.TryParse(id, out var parsed) ? parsed : default));
            files.Add(await store.WriteAsync($"{folder}/{DuplicatePage.NameOf(page)}", System.Text.Encoding.UTF8.GetBytes(html), cancellation));
            progress?.Report(new JobProgress("pages", page + 1, pages, "pages"));
        }

        var manifest = new DuplicateManifest
        {
            FormatVersion = 2,
            Index = snapshot.Manifest.Version,
            CatalogueHash = snapshot.Manifest.CatalogueHash,
            Threshold = options.Threshold,
            Stickers = look.Count,
            Pairs = look.Pairs.Count,
            Recoloured = look.Pairs.Count(pair => pair.Recoloured),
            Groups = groups.Count,
            Members = groups.Sum(group => group.Others.Count + 1),
            AcrossCreators = across,
            Files = files,
        };
        await store.WriteJsonAsync($"{folder}/duplicates.json", manifest, cancellation);
        return manifest;
    }

    internal static LookAlikes Compare(Snapshot snapshot, float threshold, IProgress<JobProgress>? progress, CancellationToken cancellation) =>
        LookAlikes.Find(snapshot.Vectors, threshold, done => progress?.Report(new JobProgress("compare", done, snapshot.Manifest.Count, "stickers")), cancellation);

    private static LookAlikes CompareAll(Snapshot snapshot, float threshold, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var look = Compare(snapshot, threshold, progress, cancellation);
        return look.With(Recolours.Find(
            look.Count,
            place => snapshot.Stickers.Thumbnail(look.IdOf(place)),
            Math.Max(Recolours.SameDrawing, threshold),
            (done => Report("describe edges", done), done => Report("compare edges", done)),
            cancellation));

        void Report(string phase, long done) => progress?.Report(new JobProgress(phase, done, look.Count, "stickers"));
    }

    internal static Task<Snapshot> OpenAsync(ObjectStore store, string? version, CancellationToken cancellation) => version is null
        ? Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual, cancellation)
        : Snapshot.OpenAsync(store, EmbeddingSpace.Visual, version, cancellation);

    /// <summary>Pages of an earlier run with more of them must not lie among the new ones.</summary>
    private static async Task DeleteOldAsync(ObjectStore store, string folder, CancellationToken cancellation)
    {
        await store.DeleteAsync($"{folder}/duplicates.json", cancellation);
        foreach (var old in await store.ListAsync($"{folder}/", cancellation).ToListAsync(cancellation))
            await store.DeleteAsync(old.Key, cancellation);
    }

    private static async Task<CommittedFile> WriteLinesAsync(ObjectStore store, string folder, Snapshot snapshot, IReadOnlyList<DuplicateGroup> groups, CancellationToken cancellation)
    {
        await using var writer = await store.CreateAsync($"{folder}/groups.jsonl", cancellation);
        foreach (var group in groups)
        {
            cancellation.ThrowIfCancellationRequested();
            await JsonSerializer.SerializeAsync(writer.Stream, LineOf(snapshot, group), JsonSerializerOptions.Web, cancellation);
            writer.Stream.WriteByte((byte)'\n');
        }

        return await writer.CommitAsync(cancellation);
    }

    private static DuplicateLine LineOf(Snapshot snapshot, DuplicateGroup group)
    {
        var members = group.Others.Prepend((Id: group.First, Score: 1f, Recoloured: false)).Select(member =>
        {
            var record = snapshot.Stickers.Find(member.Id);
            return new DuplicateMember(member.Id.ToString(), record?.Key ?? "", record?.Pack ?? "", record?.Creator ?? "", record?.Title, member.Score, member.Recoloured);
        }).ToList();
        return new DuplicateLine(members.Count, members.Select(member => member.Creator).Distinct().Count(), members.Select(member => member.Pack).Distinct().Count(), members);
    }
}
