using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Feeds;
using Stickers.Cli.Terminal;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.Backfilling.Planning;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers backfill plan</c>, <c>apply</c> and <c>rollback</c></summary>
internal static class BackfillPlanCommands
{
    private const int ShownTags = 15;

    public static IEnumerable<Command> Create() => [CreatePlan(), CreateApply(), CreateRollback()];

    private static WorkCommand CreatePlan()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var against = new Option<string?>("--against") { Description = "Model whose suggestions stand so far; the same one unless given.", HelpName = "version" };
        var budget = new Option<double?>("--budget") { Description = "Most per cent that any tag may change of what stands; a plan that is over it cannot be applied. A first plan has nothing to be held to.", HelpName = "percent" };
        var except = new Option<string[]>("--except") { Description = "Tags that are not held to the budget.", HelpName = "tag", AllowMultipleArgumentsPerToken = true };
        budget.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double?>() is <= 0) result.AddError("--budget must be above 0.");
        });
        var running = JobOptions.ForPredictions();
        var command = new WorkCommand("plan", "Say what a backfill would change, tag by tag, with pictures; changes nothing.")
        {
            Options = { catalogue, model, against, budget, except },
            Examples =
            [
                ("stickers backfill plan --catalogue market --model m2 --against m1 --budget 20", "Compares m2's suggestions with those of m1 that stand; not applicable if a tag changes by more than 20 %."),
            ],
            Resume = "Run the same command again: it goes on after the last finished shard.",
        }.Does(async (parse, session) =>
        {
            if (!JobRunner.IsRank && await running.Launch.LaunchAsync(parse, session)) return;
            var store = session.OpenStore();
            var options = new PlanOptions
            {
                Model = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation),
                Catalogue = parse.GetRequiredValue(catalogue),
                Against = parse.GetValue(against),
                Budget = parse.GetValue(budget) / 100,
                Except = parse.GetValue(except) ?? [],
            };
            var job = await BackfillPlanner.JobAsync(store, options, session.Cancellation);
            if (await running.RunAsync(job, store, running.Read(parse, job.Folder) with { Reuse = await BackfillPlanner.EarlierAsync(store, options, session.Cancellation) }, parse, session) is null) return;
            Show(session.Screen, await session.Screen.WatchAsync(progress => BackfillPlanner.PlanAsync(store, options, progress, session.Cancellation)));
        });
        foreach (var option in running.All) command.Add(option);
        return command;
    }

    private static WorkCommand CreateApply()
    {
        var plan = new Argument<string>("plan") { Description = "The plan's name, as `backfill plan` said it." };
        var catalogue = SharedOptions.CreateCatalogue();
        var feed = CreateFeed();
        return new WorkCommand("apply", "Put a plan in force: only what was planned, all at once, and only if nothing changed since.")
        {
            Arguments = { plan },
            Options = { catalogue, feed },
            Examples = [("stickers backfill apply 5f0c1d2e3a4b --catalogue market", "Switches to the planned suggestions; a second time it does nothing.")],
            Resume = "Run the same command again: nothing is in force before all is there.",
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var opened = await BackfillPlan.OpenAsync(store, parse.GetRequiredValue(catalogue), parse.GetRequiredValue(plan), session.Cancellation);
            var result = await session.Screen.WatchAsync(progress => BackfillApplication.ApplyAsync(store, opened, progress, session.Cancellation));
            await FeedAsync(session, store, parse.GetValue(feed), opened.Catalogue, opened.Id, opened.Model);
            if (session.Screen.Json) Screen.WriteJson(result);
            else
            {
                session.Screen.Out.WriteLine(
                    $"Plan {opened.Id} {(result.AlreadyDone ? "is in force already" : "is in force")}: {result.Standing.Rows:N0} suggestions for {result.Standing.Tagged:N0} stickers stand in suggestions/{opened.Model}/{opened.Catalogue}.");
                session.Screen.Out.WriteLine($"Back: stickers backfill rollback {opened.Id} --catalogue {opened.Catalogue} --model {opened.Model}. Indexes show it when they are built anew.");
            }
        });
    }

    private static WorkCommand CreateRollback()
    {
        var plan = new Argument<string?>("plan") { Description = "The plan to take back; the one in force unless given. Naming it makes a second call harmless.", Arity = ArgumentArity.ZeroOrOne };
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var feed = CreateFeed();
        return new WorkCommand("rollback", "Put back in force what stood before a plan was applied.")
        {
            Arguments = { plan },
            Options = { catalogue, model, feed },
            Examples = [("stickers backfill rollback 5f0c1d2e3a4b --catalogue market", "Takes that plan back, if it is the one in force.")],
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var version = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation);
            var name = parse.GetRequiredValue(catalogue);
            var id = parse.GetValue(plan) ?? (await SuggestionSet.TryOpenAsync(store, version, name, session.Cancellation))?.Manifest.Plan;
            var result = await BackfillApplication.RollBackAsync(store, version, name, id, session.Cancellation);
            await FeedAsync(session, store, parse.GetValue(feed), name, id!, version);
            if (session.Screen.Json) Screen.WriteJson(result);
            else
            {
                session.Screen.Out.WriteLine(
                    $"{(result.AlreadyDone ? "Had been taken back already" : "Taken back")}: {result.Standing.Rows:N0} suggestions for {result.Standing.Tagged:N0} stickers stand in suggestions/{version}/{parse.GetRequiredValue(catalogue)}.");
            }
        });
    }

    private static Option<string?> CreateFeed() => new("--feed") { Description = $"Redis server, host:port, that is told what changed: one hash for each sticker. Its password: {RedisFeed.PasswordVariable}.", HelpName = "address" };

    private static async Task FeedAsync(Session session, ObjectStore store, string? address, string catalogue, string plan, string model)
    {
        if (address is null) return;
        var told = await session.Screen.WatchAsync(progress => RedisFeed.WriteAsync(address, store, $"{BackfillPlan.FolderOf(catalogue, plan)}/changes.parquet", model, catalogue, progress, session.Cancellation));
        session.Screen.Say($"Told {address} of {told:N0} stickers.");
    }

    private static void Show(Screen screen, BackfillPlan plan)
    {
        if (screen.Json)
        {
            Screen.WriteJson(plan);
            return;
        }

        if (plan.Tags.Count > 0) screen.Out.Write(Section($"Changes by tag, {Math.Min(ShownTags, plan.Tags.Count)} of {plan.Tags.Count:N0}", plan.Tags).ToTable());
        if (plan.OverBudget.Count > 0) screen.Out.Write(Section("Over budget", plan.OverBudget).ToTable());
        screen.Out.WriteLine(
            $"Plan {plan.Id}: {plan.Total.Added:N0} added, {plan.Total.Removed:N0} removed, {plan.Total.Flipped:N0} flipped of {plan.Total.Standing:N0} that stand by {plan.Against}. "
            + $"By creator and locale, with pictures: {BackfillPlan.FolderOf(plan.Catalogue, plan.Id)}/plan.html");
        screen.Out.WriteLine(plan.OverBudget.Count > 0
            ? $"It cannot be applied: {plan.OverBudget.Count:N0} tags change by more than {plan.Budget:P0}."
            : $"Put it in force: stickers backfill apply {plan.Id} --catalogue {plan.Catalogue}");
    }

    private static FigureSection Section(string title, IReadOnlyList<ChangeCount> counts) => new(title, [.. counts.Take(ShownTags).Select(count =>
        new Figure(count.Name, $"{count.Share:P0}", $"+{count.Added:N0} -{count.Removed:N0} ~{count.Flipped:N0} of {count.Standing:N0}"))]);
}
