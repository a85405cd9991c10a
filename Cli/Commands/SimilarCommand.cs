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
        return new WorkCommand("similar", "Find the stickers nearest to a sticker or an image.")
        {
            Arguments = { query },
            Options = { space, k },
            Examples =
            [
                ("stickers similar cat.png --space semantic", "Shows ten stickers that mean the same as the picture."),
                ("stickers similar 3141592653589793238 --k 5 --json", "Gives the five look-alikes of a sticker to a program."),
            ],
        }.Does((parse, session) => FindAsync(session, parse.GetRequiredValue(query), parse.GetValue(space), parse.GetValue(k)));
    }

    private static async Task FindAsync(Session session, string query, EmbeddingSpace space, int k)
    {
        var store = session.OpenStore();
        using var snapshot = await Snapshot.OpenCurrentAsync(store, space, session.Cancellation);
        var (vector, self) = await VectorOfAsync(store, snapshot, space, query, session.Cancellation);
        var found = snapshot.Search(vector, k, exclude: self).Select(hit => (hit.Score, Record: snapshot.Stickers.Find(hit.Id))).ToList();
        if (session.Screen.Json) WriteJson(snapshot, query, self, found);
        else session.Screen.Out.Write(TableOf(found));
    }

    private static async Task<(float[] Vector, StickerId? Self)> VectorOfAsync(ObjectStore store, Snapshot snapshot, EmbeddingSpace space, string query, CancellationToken cancellation)
    {
        if (!File.Exists(query))
        {
            var id = StickerId.TryParse(query, out var parsed) ? parsed : StickerId.FromKey(query);
            return (snapshot.Vector(id) ?? throw new FileNotFoundException($"'{query}' is neither an image file nor the id or key of a sticker in the index."), id);
        }

        var input = await ImageInput.FromFileAsync(query, cancellation);
        if (input.Frames is null) throw new InvalidDataException($"{query} cannot be read: {input.Error}");
        using var model = await ModelChoice.LoadAsync(store, snapshot.Manifest.Model, cancellation);
        if (model.ContentHash != snapshot.Manifest.ModelHash)
            throw new InvalidDataException($"Model {model.Version} is not the one that made the index: its hash is {model.ContentHash}, the index names {snapshot.Manifest.ModelHash}. Embed and build the index again.");
        var prediction = ImageInput.Predict(model, [input])[0];
        return (space == EmbeddingSpace.Visual ? prediction.Visual : prediction.Semantic, null);
    }

    private static void WriteJson(Snapshot snapshot, string query, StickerId? self, List<(float Score, StickerRecord? Record)> found) => Terminal.Screen.WriteJson(new
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
        }),
    });

    private static Table TableOf(List<(float Score, StickerRecord? Record)> found)
    {
        var table = new Table { Border = TableBorder.Rounded };
        table.AddColumn(new TableColumn("Score").RightAligned()).AddColumn("Id").AddColumn("Key").AddColumn("Tags (~ suggested)");
        foreach (var (score, record) in found)
        {
            if (record is null) continue;
            var tags = record.Tags.Concat(record.Suggestions.Select(suggestion => "~" + suggestion.Tag));
            table.AddRow($"{score:0.000}", record.Id.ToString(), Markup.Escape(record.Key), Markup.Escape(string.Join(", ", tags)));
        }

        return table;
    }
}
