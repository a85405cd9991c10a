using MemoryPack;

namespace Stickers.Tagger.Backfilling;

/// <summary>A decoded sticker on its way to the network.</summary>
/// <param name="Id">The sticker's id.</param>
/// <param name="Frames">One image, or up to <see cref="StickerFrames.Max"/> of an animation, each as <see cref="Models.ModelDescription.Fit"/> gives it.</param>
/// <param name="Shares">How much of the animation each frame stands for.</param>
[MemoryPackable]
public sealed partial record FittedSticker(long Id, byte[][] Frames, float[] Shares);

/// <summary>What backfill keeps of a prediction.</summary>
/// <param name="Id">The sticker's id.</param>
/// <param name="Scores">As in <see cref="Prediction"/>.</param>
[MemoryPackable]
public sealed partial record StickerScores(long Id, float[] Scores);

/// <summary>What embed keeps of a prediction.</summary>
/// <param name="Id">The sticker's id.</param>
/// <param name="Visual">As in <see cref="Prediction"/>.</param>
/// <param name="Semantic">As in <see cref="Prediction"/>.</param>
/// <param name="Code">The visual vector's binary code; empty where the model makes none.</param>
[MemoryPackable]
public sealed partial record StickerVectors(long Id, float[] Visual, float[] Semantic, byte[] Code);
