using System.CommandLine;
using Spectre.Console;
using Stickers.Catalogue;
using Stickers.Cli.Terminal;
using Stickers.Tagger.Evaluating;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers evaluate</c></summary>
internal static class EvaluateCommand
{
    public static Command Create()
    {
        var catalogue = SharedOptions.CreateCatalogue();
        var model = SharedOptions.CreateModel();
        var part = new Option<SplitPart>("--part") { Description = "The side to measure: 'test', or 'validation' while choosing between models.", DefaultValueFactory = _ => SplitPart.Test }
            .AcceptOnlyFromAmong(StringComparer.OrdinalIgnoreCase, "test", "validation");
        return new WorkCommand("evaluate", "Measure a model on stickers it has not learned from, beside two baselines.")
        {
            Options = { catalogue, model, part },
            Examples = [("stickers evaluate --catalogue clipart --model clipart-1", "Shows the figures; details go to models/clipart-1/report.html.")],
        }.Does(async (parse, session) =>
        {
            var store = session.OpenStore();
            var options = new EvaluationOptions
            {
                Model = await ModelChoice.ResolveAsync(store, parse.GetValue(model), session.Cancellation),
                Catalogue = parse.GetRequiredValue(catalogue),
                Part = parse.GetValue(part),
            };
            var report = await session.Screen.WatchAsync(progress => Evaluation.RunAsync(store, options, progress, session.Cancellation));
            if (session.Screen.Json) Screen.WriteJson(report);
            else Show(session.Screen, report);
        });
    }

    private static void Show(Screen screen, EvaluationReport report)
    {
        foreach (var section in EvaluationFigures.Of(report)) screen.Out.Write(section.ToTable());
        screen.Out.WriteLine($"Plots, every tag and examples: models/{report.Model}/report.html");
    }
}
