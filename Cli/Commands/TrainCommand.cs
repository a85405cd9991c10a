using System.CommandLine;
using Spectre.Console;
using Stickers.Cli.Launch;
using Stickers.Cli.Terminal;
using Stickers.Pipeline;
using Stickers.Tagger.Training;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers train</c></summary>
internal static class TrainCommand
{
    public static Command Create()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = new Option<string>("--model") { Description = "Version under which the model is kept.", HelpName = "version", Required = true };
        var split = SharedOptions.CreateSplit("What is never on two sides: 'creator' measures unseen styles, 'concept' unseen meanings.");
        var budget = Duration.CreateOption("--budget", "Time for training, interrupted runs added up.", TimeSpan.FromMinutes(10));
        var views = new Option<long?>("--views") { Description = "Exact number of pictures to show instead of a time, rounded up to whole steps: the same seed then gives the same model on any machine of this kind.", HelpName = "count" };
        views.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() is < 1 or > 100_000_000_000) result.AddError("--views must be from 1 to 100,000,000,000.");
        });
        var preset = new Option<string>("--preset")
        {
            Description = "Size of the network: 'small' learns twice as quickly, 'base' is the best for minutes to hours on a processor, 'large' (a ResNet-18 on 96 pixels) is for a GPU.",
            DefaultValueFactory = _ => "base",
        }.AcceptOnlyFromAmong("small", "base", "large");
        var init = new Option<string?>("--init") { Description = "Weights to start from: a ResNet-18 or ResNet-34 of torchvision or timm in safetensors, or a model's own; the network then has their shape.", HelpName = "file" };
        var reviews = new Option<string?>("--reviews") { Description = "What people decided on suggestions (stickers reviews export): accepted tags are labels, rejected ones negatives that are sure.", HelpName = "file" };
        var support = new Option<int>("--min-support") { Description = "Training stickers that a tag needs to be learned.", HelpName = "count", DefaultValueFactory = _ => 20 };
        var precision = new Option<double>("--precision") { Description = "Share of accepted suggestions that should be right, by validation stickers; a tag that cannot reach it is only reviewed.", HelpName = "share", DefaultValueFactory = _ => 0.9 };
        precision.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (>= 0.5 and <= 1)) result.AddError("--precision must be from 0.5 to 1.");
        });
        var seed = new Option<int>("--seed") { Description = "Seed of weights, order and augmentation.", HelpName = "number", DefaultValueFactory = _ => 1 };
        var batch = new Option<int>("--batch-size") { Description = $"Stickers per step, a multiple of {Trainer.GhostBatch}; ranks share it, {Trainer.GhostBatch} at a time.", HelpName = "count", DefaultValueFactory = _ => 64 };
        batch.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is var count && (count < Trainer.GhostBatch || count > 65_536 || count % Trainer.GhostBatch != 0)) result.AddError($"--batch-size must be a multiple of {Trainer.GhostBatch}.");
        });
        var main = new Option<int>("--main") { Description = "Processes that learn together, with --on; at most one for each 32 stickers of a step.", HelpName = "n", DefaultValueFactory = _ => 1 };
        main.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 1 or > 100_000) result.AddError("--main: expected 1 to 100000.");
        });
        var launch = new LaunchOptions(main);
        support.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1) result.AddError("--min-support must be at least 1.");
        });
        var command = new WorkCommand("train", "Learn tags and embeddings from the labels that creators gave.")
        {
            Options = { catalogue, model, split, budget, views, preset, init, reviews, support, precision, batch, seed, main },
            Examples =
            [
                ("stickers train --catalogue clipart --model clipart-1 --budget 15m", "Writes models/clipart-1 under the root."),
                ("stickers train --catalogue clipart --model clipart-s2 --views 1000000 --seed 2", "As many pictures as fifteen minutes on two idle cores show, however busy the machine."),
                ("stickers train --catalogue clipart --model clipart-r18 --init resnet18.safetensors", "Starts from what a ResNet-18 learned of photographs."),
                ("stickers train --catalogue clipart --model clipart-2 --reviews labels.jsonl", "Learns from what curators reviewed as well."),
                ("stickers train --catalogue clipart --model clipart-1 --batch-size 128 --on mpirun --main 4", "Four processes decode and learn together."),
            ],
            Resume = "Run the same command again: it goes on from its last checkpoint with what is left of the budget.",
        }.Does(async (parse, session) =>
        {
            if (parse.GetValue(views) is not null && parse.GetResult(budget) is { Implicit: false }) throw new UsageException("--views and --budget: give one of them, a number of pictures or a time.");
            if (!JobRunner.IsRank)
            {
                if (await launch.LaunchAsync(parse, session)) return;
                if (parse.GetValue(main) > 1) throw new UsageException("--main: one process learns on all cores of this machine; for more of them say --on mpirun, slurm or kubernetes.");
            }

            var options = new TrainingOptions
            {
                Catalogue = parse.GetRequiredValue(catalogue),
                Version = parse.GetRequiredValue(model),
                SplitBy = parse.GetValue(split),
                Budget = parse.GetValue(budget).Time,
                Steps = parse.GetValue(views) is { } shown ? StepsOf(shown, parse.GetValue(batch)) : null,
                MinimumSupport = parse.GetValue(support),
                TargetPrecision = parse.GetValue(precision),
                BatchSize = parse.GetValue(batch),
                Seed = parse.GetValue(seed),
                Init = parse.GetValue(init),
                Reviews = parse.GetValue(reviews),
            }.With(Enum.Parse<TrainingPreset>(parse.GetRequiredValue(preset), ignoreCase: true));
            var store = session.OpenStore();
            if (!JobRunner.IsRank)
            {
                Show(session.Screen, await session.Screen.WatchAsync(progress => Trainer.RunAsync(store, options, progress: progress, cancellation: session.Cancellation)));
                return;
            }

            var first = false;
            var summary = JobRunner.RunAsGroup(
                async group =>
                {
                    first = group.Rank == 0;
                    return first
                        ? await session.Screen.WatchAsync(progress => Trainer.RunAsync(store, options, group, progress, session.Cancellation))
                        : await Trainer.RunAsync(store, options, group, cancellation: session.Cancellation);
                },
                fault => RankFailure.Tell(fault, session, parse));
            if (first) Show(session.Screen, summary);
        });
        foreach (var option in launch.All) command.Add(option);
        return command;
    }

    private static int StepsOf(long views, int batch)
    {
        var steps = (views + batch - 1) / batch;
        return steps <= int.MaxValue ? (int)steps : throw new UsageException($"--views: {views:N0} pictures in batches of {batch} are more than {int.MaxValue:N0} steps.");
    }

    private static void Show(Screen screen, TrainingSummary summary)
    {
        var model = summary.Model;
        if (screen.Json)
        {
            Screen.WriteJson(model);
            return;
        }

        if (summary.AlreadyThere) screen.Out.WriteLine($"Model {model.Version} is there already; nothing was done.");
        screen.Out.WriteLine(
            $"Model {model.Version} knows {model.Network.Tags:N0} tags; it learned from {model.TrainingStickers:N0} stickers in {model.Steps:N0} steps of {model.BatchSize} "
            + $"({Quantity.Duration(TimeSpan.FromSeconds(model.TrainingSeconds))}). Measure it with 'stickers evaluate'.");
    }
}
