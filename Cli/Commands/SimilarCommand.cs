using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers similar</c></summary>
internal static class SimilarCommand
{
    public static Command Create()
    {
        var query = new Argument<string>("query") { Description = "A sticker's id or key, or an image file.", HelpName = "id|image" };
        var space = new Option<EmbeddingSpace>("--space") { Description = "'visual' for what looks alike, 'semantic' for what means the same.", DefaultValueFactory = _ => EmbeddingSpace.Visual }
            .AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "visual", "semantic");
        var k = new Option<int>("--k") { Description = "How many to show, 1 to 1000.", HelpName = "count", DefaultValueFactory = _ => 10 };
        k.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 1000) result.AddError("--k must be from 1 to 1000.");
        });
        var candidates = CreateCandidates();
        var all = new Option<bool>("--all") { Description = "Show near-duplicates too, instead of as one result." };
        return new WorkCommand("similar", "Find the stickers nearest to a sticker or an image.")
        {
            Arguments = { query },
            Options = { space, k, candidates, all },
            Examples =
            [
                ("stickers similar cat.png --space semantic", "Shows ten stickers that mean the same as the picture."),
                ("stickers similar 3141592653589793238 --k 5 --json", "Gives the five look-alikes of a sticker to a program."),
                ("stickers similar 3141592653589793238 --candidates both", "Looks at the stickers that share a tag with it too, not only at the nearest inverted lists."),
            ],
        }.Does((parse, session) => FindAsync(session, parse.GetRequiredValue(query), parse.GetValue(space), parse.GetValue(k), parse.GetValue(candidates), collapse: !parse.GetValue(all)));
    }

    /// <summary>Where to look.</summary>
    public static Option<CandidateSource> CreateCandidates() => new Option<CandidateSource>("--candidates")
    {
        Description = "Where to look: in the nearest 'lists' (all stickers, where an index has no lists), among those that share a tag ('tags'), or 'both'.",
        DefaultValueFactory = _ => CandidateSource.Lists,
    }.AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "lists", "tags", "both");

    private static async Task FindAsync(Session session, string text, EmbeddingSpace space, int k, CandidateSource candidates, bool collapse)
    {
        var store = session.OpenStore();
        using var snapshot = await Snapshot.OpenCurrentAsync(store, space, session.Cancellation);
        var query = await QueryOfAsync(store, snapshot, space, text, session.Cancellation);
        if (candidates != CandidateSource.Lists && query.Tags.Count == 0)
            throw new InvalidDataException($"{text} has no tags to find candidates by: neither its creator's nor suggestions that were accepted. Leave out --candidates.");
        var found = collapse ? await CollapsedAsync(store, snapshot, space, k, query.Self, Search, session.Cancellation) : [.. Search(k).Select(hit => new CollapsedHit(hit, []))];
        var results = found.Select(hit => (hit.Hit.Score, hit.Copies, Record: snapshot.Stickers.Find(hit.Hit.Id))).ToList();
        if (session.Screen.Json) WriteJson(snapshot, text, query.Self, results);
        else session.Screen.Out.Write(TableOf(results));

        IReadOnlyList<SearchHit> Search(int n) => candidates == CandidateSource.Lists
            ? snapshot.Search(query.Vector, n, exclude: query.Self)
            : snapshot.SearchAmong(query.Vector, n, new TagCandidates(query.Tags, candidates == CandidateSource.Both), exclude: query.Self, cancellation: session.Cancellation);
    }

    /// <summary>By looks, whatever space was searched; without an index of looks by the same model, nothing is collapsed.</summary>
    private static async Task<IReadOnlyList<CollapsedHit>> CollapsedAsync(
        ObjectStore store, Snapshot snapshot, EmbeddingSpace space, int k, StickerId? self, Func<int, IReadOnlyList<SearchHit>> search, CancellationToken cancellation)
    {
        if (space == EmbeddingSpace.Visual) return new NearDuplicates(snapshot).Collapse(k, self, search);
        if (await SnapshotKeys.ReadCurrentAsync(store, EmbeddingSpace.Visual, cancellation) is null) return [.. search(k).Select(hit => new CollapsedHit(hit, []))];
        using var visual = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual, cancellation);
        return new NearDuplicates(visual).Collapse(k, self, search);
    }

    private static async Task<Query> QueryOfAsync(ObjectStore store, Snapshot snapshot, EmbeddingSpace space, string query, CancellationToken cancellation)
    {
        if (!File.Exists(query))
        {
            var id = StickerId.TryParse(query, out var parsed) ? parsed : StickerId.FromKey(query);
            var vector = snapshot.Vector(id) ?? throw new FileNotFoundException($"'{query}' is neither an image file nor the id or key of a sticker in the index.");
            return new Query(vector, id, [.. snapshot.Stickers.Find(id)?.CountedTags ?? []]);
        }

        var input = await ImageInput.FromFileAsync(query, cancellation);
        if (input.Frames is null) throw new InvalidDataException($"{query} cannot be read: {input.Error}");
        using var model = await ModelChoice.LoadAsync(store, snapshot.Manifest.Model, cancellation);
        if (model.ContentHash != snapshot.Manifest.ModelHash)
            throw new InvalidDataException($"Model {model.Version} is not the one that made the index: its hash is {model.ContentHash}, the index names {snapshot.Manifest.ModelHash}. Embed and build the index again.");
        var prediction = ImageInput.Predict(model, [input])[0];
        var tags = model.Suggest(prediction.Scores).Where(suggestion => suggestion.Decision == SuggestionDecision.Accept).Select(suggestion => suggestion.Tag);
        return new Query(space == EmbeddingSpace.Visual ? prediction.Visual : prediction.Semantic, null, [.. tags]);
    }

    /// <summary>What is asked about.</summary>
    private sealed record Query(float[] Vector, StickerId? Self, IReadOnlyList<string> Tags);

    private static void WriteJson(Snapshot snapshot, string query, StickerId? self, List<(float Score, IReadOnlyList<StickerId> Copies, StickerRecord? Record)> found) => Terminal.Screen.WriteJson(new
    {
        query,
        id = self?.ToString(),
        space = snapshot.Manifest.Space,
        index = snapshot.Manifest.Version,
        model = snapshot.Manifest.Model,
        results = found.Select(hit => new
        {
            id = hit.Record?.Id.ToString(),
            score = hit.Score,
            key = hit.Record?.Key,
            creator = hit.Record?.Creator,
            title = hit.Record?.Title,
            tags = hit.Record?.Tags,
            suggestions = hit.Record?.Suggestions,
            copies = hit.Copies.Select(copy => copy.ToString()),
        }),
    });

    private static Table TableOf(List<(float Score, IReadOnlyList<StickerId> Copies, StickerRecord? Record)> found)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(new TableColumn("Score").RightAligned()).AddColumn("Id").AddColumn("Key").AddColumn(new TableColumn("Copies").RightAligned()).AddColumn("Tags (~ suggested)");
        foreach (var (score, copies, record) in found)
        {
            if (record is null) continue;
            var tags = record.Tags.Concat(record.Suggestions.Select(suggestion => "~" + suggestion.Tag));
            table.AddRow($"{score:0.000}", record.Id.ToString(), Markup.Escape(record.Key), copies.Count == 0 ? "" : $"{copies.Count:N0}", Markup.Escape(string.Join(", ", tags)));
        }

        return table;
    }
}
