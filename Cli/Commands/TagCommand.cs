using System.CommandLine;
using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers tag</c></summary>
internal static class TagCommand
{
    private const int MostExplained = 100;

    public static Command Create()
    {
        var images = new Argument<string[]>("image")
        {
            Description = "Image files; with --catalogue also sticker ids, and none means every sticker.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var model = SharedOptions.CreateModel();
        var catalogue = new Option<string?>("--catalogue") { Description = "Catalogue that sticker ids are of.", HelpName = "name" };
        var scores = new Option<string>("--scores")
        {
            Description = "'suggested' gives the tags worth suggesting; 'all' also every tag's score and both vectors.",
            DefaultValueFactory = _ => "suggested",
        }.AcceptOnlyFromAmong("suggested", "all");
        var explain = new Option<bool>("--explain") { Description = "Show which parts of a picture speak for its best tags and, with --catalogue, the nearest stickers that creators labelled." };
        var command = new WorkCommand("tag", "Suggest tags for images.")
        {
            Arguments = { images },
            Options = { model, catalogue, scores, explain },
            Examples =
            [
                ("stickers tag cat.png dog.webp", "Shows the suggested tags of two files."),
                ("stickers tag cat.png --explain --catalogue demo", "Shows why: where the picture shows its tags, and what creators called pictures like it."),
                ("stickers tag --catalogue demo --scores all --json > scores.json", "Writes all scores and vectors of every sticker of a catalogue."),
            ],
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(images) is null or { Tokens.Count: 0 } && result.GetValue(catalogue) is null)
                result.AddError("Name at least one image file, or a catalogue with --catalogue.");
            if (result.GetValue(explain) && result.GetResult(images) is null or { Tokens.Count: 0 } or { Tokens.Count: > MostExplained })
                result.AddError($"--explain: name 1 to {MostExplained} image files or sticker ids.");
        });
        return command.Does((parse, session) =>
            TagAsync(session, parse.GetValue(images) ?? [], parse.GetValue(model), parse.GetValue(catalogue), parse.GetValue(scores) == "all", parse.GetValue(explain)));
    }

    private static async Task TagAsync(Session session, string[] names, string? version, string? catalogue, bool everything, bool explain)
    {
        var store = session.OpenStore();
        using var model = await ModelChoice.LoadAsync(store, version, session.Cancellation);
        using var answer = session.Screen.Json ? TagAnswer.AsJson(model, everything) : TagAnswer.AsText(session.Screen, model, everything);
        using var progress = session.Screen.ShowProgress();
        long done = 0, failed = 0;
        await foreach (var batch in ReadAsync(store, names, catalogue, session.Cancellation).Chunk(ImageInput.MaxBatch).WithCancellation(session.Cancellation))
        {
            var readable = batch.Where(input => input.Frames is not null).ToArray();
            var predictions = ImageInput.Predict(model, readable);
            var next = 0;
            var explanations = explain ? await TagExplanation.OfAsync(store, model, catalogue, readable, predictions, session.Cancellation) : null;
            foreach (var input in batch)
            {
                if (input.Frames is null)
                {
                    answer.Add(input, null, null);
                    continue;
                }

                answer.Add(input, predictions[next], explanations?[next]);
                next++;
            }

            done += batch.Length;
            failed += batch.Length - readable.Length;
            progress.Report(new JobProgress("tag", done, names.Length > 0 ? names.Length : null, "images"));
        }

        answer.Complete();
        if (failed > 0) throw new InvalidDataException($"{failed} of {done} images could not be read{(failed < done ? "; the others were tagged" : "")}.");
    }

    private static async IAsyncEnumerable<ImageInput> ReadAsync(ObjectStore store, string[] names, string? catalogue, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var wanted = new HashSet<StickerId>();
        foreach (var name in names)
        {
            if (catalogue is not null && StickerId.TryParse(name, out var id) && !File.Exists(name)) wanted.Add(id);
            else yield return await ImageInput.FromFileAsync(name, cancellation);
        }

        if (catalogue is null || (wanted.Count == 0 && names.Length > 0)) yield break;
        var everyone = wanted.Count == 0;
        var stickers = await StickerCatalogue.OpenAsync(store, catalogue, cancellation);
        await foreach (var sticker in stickers.ReadAsync(images: true, cancellation))
        {
            if (!everyone && !wanted.Remove(sticker.Id)) continue;
            yield return ImageInput.FromSticker(sticker);
            if (!everyone && wanted.Count == 0) yield break;
        }

        foreach (var id in wanted) yield return new ImageInput(id.ToString(), id, null, $"Catalogue {catalogue} has no sticker {id}.");
    }
}
