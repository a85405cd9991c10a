using System.Text.Json.Serialization;
using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Models;

/// <summary>model.json, written last: what the weights are, what they were made from, and the hashes of all files.</summary>
public sealed record ModelManifest
{
    /// <summary>Version of this file's format.</summary>
    public required int FormatVersion { get; init; }

    /// <summary>The model's version, its folder's name.</summary>
    public required string Version { get; init; }

    /// <summary>Shape of the network.</summary>
    public required NetworkConfiguration Network { get; init; }

    /// <summary>Catalogue that it was trained on.</summary>
    public required string Catalogue { get; init; }

    /// <summary>Content hash of that catalogue.</summary>
    public required string CatalogueHash { get; init; }

    /// <summary>Hash of the vocabulary in force, <see cref="TagVocabulary.ContentHash"/>, that said what labels mean; null in models made before it was recorded.</summary>
    public string? TagRulesHash { get; init; }

    /// <summary>Which split held out validation and test.</summary>
    public required SplitBy SplitBy { get; init; }

    /// <summary>Seed.</summary>
    public required int Seed { get; init; }

    /// <summary>SHA-256 of the file of weights that it started from; null when it started from chance.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? InitialWeights { get; init; }

    /// <summary>Optimisation steps.</summary>
    public required long Steps { get; init; }

    /// <summary>Stickers per step.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Seconds spent in optimisation steps, interrupted runs added up.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>Stickers learned from.</summary>
    public required int TrainingStickers { get; init; }

    /// <summary>Stickers that calibration and thresholds were chosen on.</summary>
    public required int ValidationStickers { get; init; }

    /// <summary>weights.safetensors, vocabulary.json, thresholds.json.</summary>
    public required IReadOnlyList<CommittedFile> Files { get; init; }

    /// <summary>Hash over all that decides an output: the network's shape and the hashes of all files.</summary>
    public string ContentHash => Models.ContentHash.Of(
        [System.Text.Json.JsonSerializer.Serialize(Network), .. Files.SelectMany(f => new[] { f.Path, f.Sha256 })]);
}

/// <summary>vocabulary.json</summary>
/// <param name="FormatVersion">Version of this file's format.</param>
/// <param name="Tags">All tags with a vector in the semantic space, most frequent first; the network's tag outputs are the first of them.</param>
public sealed record VocabularyFile(int FormatVersion, IReadOnlyList<VocabularyTag> Tags);

/// <summary>A tag that a model knows.</summary>
/// <param name="Tag">Canonical tag.</param>
/// <param name="Support">Training stickers that carry it.</param>
public sealed record VocabularyTag(string Tag, int Support);
