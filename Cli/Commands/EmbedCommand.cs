using System.CommandLine;
using Stickers.Catalogue;
using Stickers.Tagger.Backfilling;

namespace Stickers.Cli.Commands;

/// <summary><c>stickers embed</c></summary>
internal static class EmbedCommand
{
    public static Command Create() => PredictionCommand.Create(
        "embed",
        "Give every sticker of a catalogue its visual and its semantic vector.",
        "embeddings",
        "writes",
        async target =>
        {
            var job = await EmbedJob.OpenAsync(target.Store, new EmbedOptions { Model = target.Model, Catalogue = target.Catalogue }, target.Cancellation);
            return (job, job.Folder);
        },
        async target => (await EmbeddingSet.OpenAsync(target.Store, target.Model, target.Catalogue, target.Cancellation)).Manifest,
        made => $"{made.Read:N0} stickers = {made.Written:N0} embedded + {made.Quarantined:N0} unreadable; visual vectors of {made.VisualDimension} and semantic "
            + $"vectors of {made.SemanticDimension} numbers in embeddings/{made.Model}/{made.Catalogue}.");
}
