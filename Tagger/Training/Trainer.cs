using System.Text.Json;
using Stickers.Catalogue;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Training;

/// <summary>What a training made.</summary>
/// <param name="Model">The manifest of the finished model.</param>
/// <param name="AlreadyThere">True when the same training had finished before and nothing was done.</param>
public sealed record TrainingSummary(ModelManifest Model, bool AlreadyThere);

/// <summary>
/// Trains a model: <c>models/&lt;version&gt;</c>. A training that was stopped, however, goes on from its last checkpoint when run again
/// with the same options.
/// </summary>
public static class Trainer
{
    /// <summary>Length of binary codes: a bit for each dimension of a visual vector.</summary>
    private const int CodeBits = 128;

    /// <summary>Stickers that batch normalisation sees together and that one thread computes; part of the algorithm, not of the machine.</summary>
    public const int GhostBatch = 32;

    internal const string WorkFolder = "work";

    /// <summary>Runs or resumes a training. Collective: the first rank of the group reads the catalogue, keeps checkpoints and writes the model.</summary>
    /// <param name="store">Holds the catalogue and the model.</param>
    /// <param name="options">The same on all ranks.</param>
    /// <param name="group">The ranks that train together; null for this process alone.</param>
    /// <param name="progress">Told of every step.</param>
    /// <param name="cancellation">Stops all ranks; what was trained is kept.</param>
    /// <exception cref="ArgumentException">The options are out of range, or there are more ranks than a batch can be dealt to.</exception>
    /// <exception cref="InvalidDataException">The version exists but was made from other inputs, or no tag has enough stickers.</exception>
    public static async Task<TrainingSummary> RunAsync(ObjectStore store, TrainingOptions options, StageGroup? group = null, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        group ??= StageGroup.Alone;
        options.Validate();
        var catalogue = await StickerCatalogue.OpenAsync(store, options.Catalogue, cancellation);
        var folder = ModelFiles.Folder(options.Version);
        if (await store.ReadJsonAsync<ModelManifest>($"{folder}/{ModelFiles.Manifest}", cancellation) is { } finished)
        {
            if (finished.CatalogueHash == catalogue.ContentHash && finished.Catalogue == options.Catalogue)
            {
                if (finished.TagRulesHash is { } rules && rules != catalogue.Vocabulary.ContentHash)
                    throw new InvalidDataException($"Model '{options.Version}' learned labels by a vocabulary with hash {rules}; the one in force has {catalogue.Vocabulary.ContentHash}. Choose another version.");
                return new TrainingSummary(finished, AlreadyThere: true);
            }

            throw new InvalidDataException(
                $"Model '{options.Version}' was trained on catalogue '{finished.Catalogue}' with hash {finished.CatalogueHash}; '{options.Catalogue}' has {catalogue.ContentHash}. Choose another version.");
        }

        // Read before anything is done: a file that does not fit is told at once. All ranks take the network's shape from it.
        var initial = options.Init is { } init ? InitialWeights.Read(init) : null;
        if (initial is not null) options = options with { Widths = initial.Widths, Blocks = initial.Blocks };
        options.Validate();
        var reviews = options.Reviews is { } file ? ReviewedLabels.Read(file) : null;
        var work = store.WorkPath($"{folder}/{WorkFolder}");
        Directory.CreateDirectory(work);
        using (var set = await new TrainingSetBuilder(store, catalogue, options, group, reviews).OpenAsync(progress, cancellation))
        {
            var network = new NetworkConfiguration { InputSide = options.InputSide, Widths = options.Widths, Blocks = options.Blocks, Tags = set.Vocabulary.TagCount, Meanings = set.Vocabulary.Meanings.Count, CodeBits = CodeBits };
            var inputs = Inputs(options, initial, reviews, catalogue, set);
            using var loop = new TrainingLoop(network, set, options, group, initial);
            var checkpoint = Path.Combine(work, "checkpoint.safetensors");
            if (group.Rank == 0) Checkpoint.TryLoad(checkpoint, loop.State, inputs);
            await Task.Run(() => loop.Run(Save, progress, cancellation), CancellationToken.None);
            Save();
            if (group.Rank > 0)
            {
                // Until the model is there, which is the first rank's work.
                group.Barrier();
                return new TrainingSummary((await store.ReadJsonAsync<ModelManifest>($"{folder}/{ModelFiles.Manifest}", cancellation))!, AlreadyThere: false);
            }

            using var learned = new StickerNet(network);
            FlatParameters.Of(learned).Write(loop.State.AverageParameters);
            FlatParameters.BuffersOf(learned).Write(loop.State.AverageBuffers);
            // From here on the trunk is what it will be in use, in 8 bits.
            learned.Ranges = RangeFit.Of(learned, set.TrainingRows, set.FittedSide, set.Image);
            // Learned with few numbers, which cost a step less, and fitted with many, which hold more.
            var (sets, held) = TagSets.Of(set);
            using var fitted = new StickerNet(network with { SemanticDimension = SemanticFit.Dimension, SquashedSemantics = true, Prototypes = sets.PrototypeCount, PrototypeTags = sets.Suggested.Length, TagHeadShare = SemanticFit.TagHeadShare });
            fitted.CopyAllButSemantics(learned);
            var features = new TrainingFeatures(fitted, set, sets.Rows);
            var net = learned;
            if (new SemanticFit(fitted, set, sets, features).Apply(progress, cancellation))
            {
                net = fitted;
                new TagHeadFit(net, set, features).Apply(options.Seed, progress, cancellation);
                new SpreadFit(net, set).Apply(progress, cancellation);
            }
            new CodeFit(net, set).Apply(loop.State.Step, options.Seed, progress, cancellation);
            progress?.Report(new JobProgress("calibrate", 0, null, "stickers"));
            var validation = set.ValidationRows;
            var thresholds = new Calibration(net, set).Fit(validation, options.TargetPrecision);
            // Nothing is chosen any more, so that validation's stickers may say what they know.
            using var prototypes = net == fitted && held.Suggested.Length > 0 ? SemanticFit.PrototypesOf(net, held, new TrainingFeatures(net, set, held.Rows), progress, cancellation) : null;
            using var whole = prototypes is null ? null : net.WithValidation(prototypes, held.Suggested);
            var manifest = await ModelFiles.WriteAsync(
                store, whole ?? net, new VocabularyFile(ModelFiles.FormatVersion, [.. set.Vocabulary.Meanings.Zip(set.Vocabulary.Support, (tag, count) => new VocabularyTag(tag, count))]), thresholds,
                new ModelManifest
                {
                    FormatVersion = ModelFiles.FormatVersion,
                    Version = options.Version,
                    Network = (whole ?? net).Configuration,
                    Catalogue = options.Catalogue,
                    CatalogueHash = catalogue.ContentHash,
                    TagRulesHash = catalogue.Vocabulary.ContentHash,
                    SplitBy = options.SplitBy,
                    Seed = options.Seed,
                    InitialWeights = initial?.Hash,
                    Steps = loop.State.Step,
                    BatchSize = options.BatchSize,
                    TrainingSeconds = Math.Round(loop.State.Elapsed.TotalSeconds, 1),
                    TrainingStickers = set.TrainingRows.Length,
                    ValidationStickers = validation.Length,
                    Files = [],
                },
                cancellation);
            group.Barrier();
            set.Dispose();
            await TrainingSetBuilder.DeleteAsync(store, options.Version, cancellation);
            Directory.Delete(work, recursive: true);
            return new TrainingSummary(manifest, AlreadyThere: false);

            void Save()
            {
                if (group.Rank == 0) Checkpoint.Save(checkpoint, loop.State, inputs);
            }
        }
    }

    /// <summary>What a checkpoint belongs to. The budget is left out: a longer or shorter one may be asked for when going on.</summary>
    private static string Inputs(TrainingOptions options, InitialWeights? initial, ReviewedLabels? reviews, StickerCatalogue catalogue, TrainingSet set) =>
        ContentHash.Of([
            JsonSerializer.Serialize(options with { Budget = default, CheckpointEvery = default, Init = initial?.Hash, Reviews = reviews?.Hash }),
            catalogue.ContentHash,
            catalogue.Vocabulary.ContentHash,
            .. set.Vocabulary.Meanings]);
}
