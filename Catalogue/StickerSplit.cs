namespace Stickers.Catalogue;

/// <summary>Which side of a split a sticker is on.</summary>
public enum SplitPart
{
    /// <summary>Learned from.</summary>
    Train,

    /// <summary>Chooses thresholds and calibration.</summary>
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
    /// <summary>
    /// The side that the source prescribes (<see cref="Sticker.SplitCreator"/>, <see cref="Sticker.SplitConcept"/>); else by a hash
    /// of the creator (of concept, else duplicate group, else key): 80 % train, 10 % validation, 10 % test.
    /// </summary>
    public static SplitPart Of(Sticker sticker, SplitBy by) => throw new NotImplementedException();
}
