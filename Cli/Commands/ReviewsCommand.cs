using System.CommandLine;
using System.Text.Json;
using Stickers.SimilaritySearch.Api.Reviewing;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers reviews</c> with <c>export</c></summary>
internal static class ReviewsCommand
{
    public static Command Create() => new("reviews", "What people decided on suggested tags.") { CreateExport() };

    private static WorkCommand CreateExport()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var output = new Option<string?>("--output") { Description = "File to write; standard output unless given.", HelpName = "file" };
        return new WorkCommand("export", "Write the last decision on each suggestion as JSON Lines: labels, and negatives where it was rejected.")
        {
            Options = { catalogue, output },
            Examples = [("stickers reviews export --catalogue clipart --output labels.jsonl", "Writes what was reviewed so far.")],
        }.Does(async (parse, session) =>
        {
            var labels = await Reviews.LabelsAsync(session.OpenStore(), parse.GetRequiredValue(catalogue), session.Cancellation);
            var path = parse.GetValue(output);
            await using (var stream = path is null ? Console.OpenStandardOutput() : File.Create(path))
            {
                foreach (var label in labels)
                {
                    await JsonSerializer.SerializeAsync(stream, label, JsonSerializerOptions.Web, session.Cancellation);
                    stream.WriteByte((byte)'\n');
                }
            }

            var rejected = labels.Count(label => label.Decision == "reject");
            session.Screen.Say($"{labels.Count - rejected} accepted, {rejected} rejected{(path is null ? "" : $", in {path}")}.");
        });
    }
}
