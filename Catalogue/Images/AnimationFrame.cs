namespace Stickers.Catalogue.Images;

/// <summary>A frame that stands for a share of an animation.</summary>
/// <param name="Image">The whole frame, as a viewer shows it.</param>
/// <param name="Share">Share of all frames that look most like this one, above 0; those of one animation add up to 1. 1 for a still image.</param>
public sealed record AnimationFrame(RasterImage Image, float Share);
