using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Catalogue.Vocabularies;
using Stickers.Cli.Terminal;
using Stickers.Tagger.Heads;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers vocabulary</c> with <c>build</c> and <c>add</c></summary>
internal static class VocabularyCommand
{
    private const int Examples = 8;

    public static Command Create() => new("vocabulary", "Draft and extend what tags are called and mean.") { CreateBuild(), CreateAdd() };

    private static WorkCommand CreateBuild()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var support = new Option<int>("--min-support") { Description = "Stickers that a tag needs to be listed.", HelpName = "count", DefaultValueFactory = _ => 20 };
        var names = new Option<string[]>("--names") { Description = "JSON Lines whose records have tags by language: names in other languages are learned from them. May be given several times.", HelpName = "file" };
        var accept = new Option<double?>("--accept-names") { Description = "Write names of at least this confidence, 0 to 1, as accepted instead of leaving them to you.", HelpName = "confidence" };
        var update = new Option<bool>("--update") { Description = "Add to the vocabulary that is there; what it lists and decides stays, comments are lost." };
        return new WorkCommand("build", "Draft vocabulary.yaml from a catalogue's labels, with proposals for you to decide on.")
        {
            Options = { catalogue, support, names, accept, update },
            Examples =
            [
                ("stickers vocabulary build --catalogue market", "Lists frequent tags, and proposes merges and implications; none counts until you say yes to it."),
                ("stickers vocabulary build --catalogue market --names source/catalogue.jsonl --update", "Proposes names in other languages too, and keeps what you decided before."),
            ],
        }.Does(async (parse, session) =>
        {
            var options = new VocabularyBuildOptions
            {
                Catalogue = parse.GetRequiredValue(catalogue),
                MinimumSupport = parse.GetValue(support),
                Names = parse.GetValue(names) ?? [],
                AcceptNames = parse.GetValue(accept),
                Update = parse.GetValue(update),
            };
            var store = session.OpenStore();
            var draft = await session.Screen.WatchAsync(progress => VocabularyBuild.RunAsync(store, options, progress, session.Cancellation));
            if (session.Screen.Json) Screen.WriteJson(draft);
            else Show(session.Screen, draft, store.LocationOf(TagVocabulary.FileName));
        });
    }

    private static WorkCommand CreateAdd()
    {
        var tag = new Argument<string>("tag") { Description = "The new tag." };
        var examples = new Option<string[]>("--examples") { Description = "Keys or ids of stickers that deserve it, three at least.", HelpName = "sticker", Required = true, AllowMultipleArgumentsPerToken = true };
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        return new WorkCommand("add", "Teach a model a new tag from examples without training it, and plan its suggestions. Needs embeddings.")
        {
            Arguments = { tag },
            Options = { examples, catalogue, model },
            Examples = [("stickers vocabulary add shiba --examples dogs/12 dogs/40 memes/7 --catalogue market", "Fits a head on the embeddings and plans the tag for untagged stickers near the examples.")],
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var options = new TagAdditionOptions
            {
                Tag = parse.GetRequiredValue(tag),
                Examples = parse.GetRequiredValue(examples),
                Catalogue = parse.GetRequiredValue(catalogue),
                Model = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation),
            };
            var (head, plan) = await session.Screen.WatchAsync(progress => TagAddition.RunAsync(store, options, progress, session.Cancellation));
            if (session.Screen.Json)
            {
                Screen.WriteJson(plan);
                return;
            }

            session.Screen.Out.WriteLine($"'{head.Tag}' from {head.Examples.Count} examples, {head.Recovered} of which it accepts when fitted without them. Planned: {plan.Total.Added:N0} suggestions added, {plan.Total.Removed:N0} removed.");
            session.Screen.Out.WriteLine($"Look at plans/{plan.Catalogue}/{plan.Id}/plan.html, then: stickers backfill apply {plan.Id} --catalogue {plan.Catalogue}");
        });
    }

    private static void Show(Screen screen, VocabularyDraft draft, string location)
    {
        foreach (var group in draft.Proposals.GroupBy(proposal => proposal.Kind))
        {
            var (title, arrow) = group.Key switch
            {
                ProposalKind.Merge => ("Merges proposed", "becomes"),
                ProposalKind.Implication => ("Implications proposed", "implies"),
                _ => ("Names proposed", "is called"),
            };
            screen.Out.Write(new FigureSection($"{title}: {group.Count():N0}, the likeliest", [.. group.Take(Examples).Select(proposal =>
                new Figure($"{proposal.Tag} {arrow} {proposal.Other}{(proposal.Locale is null ? "" : $" ({proposal.Locale})")}", $"{proposal.Confidence:0.00}", proposal.Because))]).ToTable());
        }

        screen.Out.WriteLine($"{draft.Listed:N0} tags listed; {draft.Proposals.Count - draft.AcceptedNames:N0} open proposals, {draft.AcceptedNames:N0} names accepted, {draft.Kept:N0} earlier decisions kept.");
        screen.Out.WriteLine($"Decide in {location}: a proposal counts once its accept is yes.");
    }
}
