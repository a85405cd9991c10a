using Stickers.Catalogue;

namespace Stickers.Tagger.Training;

/// <summary>What to train, on what, for how long.</summary>
public sealed record TrainingOptions
{
    /// <summary>Channels that the first layer needs, so that oneDNN's AVX-512 kernel of its weights' gradient stays within its memory (8 damaged the heap, 16 and 24 did not).</summary>
    private const int NarrowestStem = 16;

    /// <summary>Catalogue to learn from.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Name of the model: <c>models/&lt;version&gt;</c>.</summary>
    public required string Version { get; init; }

    /// <summary>What is never on two sides of the split.</summary>
    public SplitBy SplitBy { get; init; } = SplitBy.Creator;

    /// <summary>Time for the optimisation steps, interrupted runs added up. Ignored when <see cref="Steps"/> is set.</summary>
    public TimeSpan Budget { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Exact number of steps instead of a time: the same seed then gives the same weights, and the schedule is that of the time which the steps would take on an idle machine.</summary>
    public int? Steps { get; init; }

    /// <summary>Seed of weights, order and augmentation.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>Training stickers that a tag needs to be suggested. At least 1.</summary>
    public int MinimumSupport { get; init; } = 20;

    /// <summary>Training stickers that a tag needs to get a vector in the semantic space: rare tags tell fine meanings apart. At least 1.</summary>
    public int MinimumMeaningSupport { get; init; } = 3;

    /// <summary>Largest number of tags with a vector; the most frequent are kept.</summary>
    public int MaximumMeanings { get; init; } = 20_000;

    /// <summary>Share of accepted suggestions that should be right, by the labels of validation stickers; a tag that cannot reach it is only reviewed. 0.5 to 1.</summary>
    public double TargetPrecision { get; init; } = 0.9;

    /// <summary>Stickers per step. A multiple of <see cref="Trainer.GhostBatch"/>.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>Highest learning rate, reached after warm-up.</summary>
    public double PeakLearningRate { get; init; } = 8e-3;

    /// <summary>Decoupled weight decay of AdamW.</summary>
    public double WeightDecay { get; init; } = 0.05;

    /// <summary>Strength of augmentation; 1 is full.</summary>
    public float Augmentation { get; init; } = 0.75f;

    /// <summary>Side of the network's input, pixels; a multiple of 16.</summary>
    public int InputSide { get; init; } = 64;

    /// <summary>Channels of the four stages.</summary>
    public IReadOnlyList<int> Widths { get; init; } = [32, 64, 128, 256];

    /// <summary>Residual blocks of the four stages.</summary>
    public IReadOnlyList<int> Blocks { get; init; } = [1, 1, 1, 1];

    /// <summary>A file of weights in safetensors that the trunk starts from, which then has their shape instead of <see cref="Widths"/> and <see cref="Blocks"/>; null to start from chance.</summary>
    public string? Init { get; init; }

    /// <summary>A file of people's decisions on suggestions, by <c>stickers reviews export</c>; null for none. What they accepted counts as a label, what they rejected as a negative that is sure.</summary>
    public string? Reviews { get; init; }

    /// <summary>Focusing of the asymmetric loss on negatives; 0 is cross-entropy.</summary>
    public double NegativeFocus { get; init; }

    /// <summary>Weight of the semantic loss.</summary>
    public double SemanticWeight { get; init; } = 2;

    /// <summary>Weight of the visual loss.</summary>
    public double VisualWeight { get; init; } = 0.5;

    /// <summary>Whether convolutions are computed in bfloat16; null for where the processor multiplies it in hardware.</summary>
    public bool? BFloat16 { get; init; }

    /// <summary>How often a checkpoint is written.</summary>
    public TimeSpan CheckpointEvery { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The same with the shape of a preset.</summary>
    public TrainingOptions With(TrainingPreset preset) => preset switch
    {
        TrainingPreset.Small => this with { InputSide = 48, Widths = [24, 48, 96, 192], Blocks = [1, 1, 1, 1] },
        TrainingPreset.Large => this with { InputSide = 96, Widths = [64, 128, 256, 512], Blocks = [2, 2, 2, 2] },
        _ => this with { InputSide = 64, Widths = [32, 64, 128, 256], Blocks = [1, 1, 1, 1] },
    };

    /// <summary>Checks all values.</summary>
    /// <exception cref="ArgumentException">Lists every fault.</exception>
    public void Validate()
    {
        var faults = new List<string>();
        void Require(bool ok, string fault)
        {
            if (!ok) faults.Add(fault);
        }

        Require(Steps is null or > 0, $"Steps must be at least 1, found {Steps}.");
        Require(Steps is not null || Budget > TimeSpan.Zero, $"Budget must be positive, found {Budget}.");
        Require(MinimumSupport >= 1, $"MinimumSupport must be at least 1, found {MinimumSupport}.");
        Require(MinimumMeaningSupport >= 1 && MinimumMeaningSupport <= MinimumSupport, $"MinimumMeaningSupport must be from 1 to MinimumSupport, found {MinimumMeaningSupport}.");
        Require(MaximumMeanings >= 1, $"MaximumMeanings must be at least 1, found {MaximumMeanings}.");
        Require(BatchSize > 0 && BatchSize % Trainer.GhostBatch == 0, $"BatchSize must be a multiple of {Trainer.GhostBatch}, found {BatchSize}.");
        Require(TargetPrecision is >= 0.5 and <= 1, $"TargetPrecision must be from 0.5 to 1, found {TargetPrecision}.");
        Require(PeakLearningRate is > 0 and < 1, $"PeakLearningRate must be between 0 and 1, found {PeakLearningRate}.");
        Require(Augmentation is >= 0 and <= 2, $"Augmentation must be between 0 and 2, found {Augmentation}.");
        Require(InputSide is >= 32 and <= 256 && InputSide % 16 == 0, $"InputSide must be a multiple of 16 from 32 to 256, found {InputSide}.");
        Require(Widths.Count == 4 && Widths.All(w => w is > 0 and <= 2048), "Widths must be four numbers from 1 to 2048.");
        Require(Widths is [>= NarrowestStem, ..], $"The first of the widths must be {NarrowestStem} or more: of a narrower first layer LibTorch's gradient writes outside of its memory on processors with AVX-512.");
        Require(Blocks.Count == 4 && Blocks.All(b => b is > 0 and <= 100), "Blocks must be four numbers from 1 to 100.");
        if (faults.Count > 0) throw new ArgumentException(string.Join(" ", faults));
    }
}
