namespace Stickers.Pipeline;

/// <summary>An item that was left out, and why.</summary>
/// <param name="Key">What its author calls it.</param>
/// <param name="Stage">Where it was refused.</param>
/// <param name="ErrorClass">A short stable word for the kind of error.</param>
/// <param name="Reason">One sentence for people.</param>
public sealed record QuarantinedItem(string Key, StageKind Stage, string ErrorClass, string Reason);
