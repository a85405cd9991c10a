using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Stickers.Catalogue;

/// <summary>Which side of a split a sticker is on.</summary>
public enum SplitPart
{
    /// <summary>Learned from.</summary>
    Train,

    /// <summary>Chooses thresholds and calibration; what it shows is remembered only after that.</summary>
    Validation,

    /// <summary>Only measured.</summary>
    Test,
}

/// <summary>What is never on two sides.</summary>
public enum SplitBy
{
    /// <summary>A creator: measures unseen styles.</summary>
    Creator,

    /// <summary>A concept: measures unseen meanings.</summary>
    Concept,
}

/// <summary>Assigns stickers to train, validation and test, never at random over near duplicates.</summary>
public static class StickerSplit
{
    private const uint Percent = uint.MaxValue / 100;

    /// <summary>
    /// The side that the source prescribes (<see cref="Sticker.SplitCreator"/>, <see cref="Sticker.SplitConcept"/>); else by a hash
    /// of the creator, or of the key where the creator is unknown (of concept, else duplicate group, else key): 80 % train, 10 % validation, 10 % test.
    /// </summary>
    /// <exception cref="InvalidDataException">The source prescribes something else than train, val(idation) or test.</exception>
    public static SplitPart Of(Sticker sticker, SplitBy by)
    {
        ArgumentNullException.ThrowIfNull(sticker);
        var (prescribed, kept) = by switch
        {
            SplitBy.Creator => (sticker.SplitCreator, NotEmpty(sticker.Creator) ?? sticker.Key),
            SplitBy.Concept => (sticker.SplitConcept, NotEmpty(sticker.Concept) ?? NotEmpty(sticker.DuplicateGroup) ?? sticker.Key),
            _ => throw new ArgumentOutOfRangeException(nameof(by), by, "Expected Creator or Concept."),
        };
        return NotEmpty(prescribed) is { } name ? Named(name, sticker) : Hashed(by, kept);
    }

    private static SplitPart Named(string name, Sticker sticker) => name.ToUpperInvariant() switch
    {
        "TRAIN" or "TRAINING" => SplitPart.Train,
        "VAL" or "VALID" or "VALIDATION" or "DEV" => SplitPart.Validation,
        "TEST" => SplitPart.Test,
        _ => throw new InvalidDataException($"Sticker '{sticker.Key}' is assigned to the unknown split '{name}', expected train, val or test."),
    };

    private static SplitPart Hashed(SplitBy by, string kept)
    {
        // The kind is part of the hash, so that a creator and a concept of the same name fall independently.
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{by}\n{kept}"));
        return BinaryPrimitives.ReadUInt32BigEndian(hash) switch
        {
            < 80 * Percent => SplitPart.Train,
            < 90 * Percent => SplitPart.Validation,
            _ => SplitPart.Test,
        };
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
