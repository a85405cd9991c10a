namespace Stickers.IndexBuilder.Duplicates;

/// <summary>Two stickers that look alike, by their places in the order of all ids, the smaller first.</summary>
/// <param name="A">The first one's place.</param>
/// <param name="B">The second one's.</param>
/// <param name="Score">Cosine of their visual vectors, or of their edges where these alone are alike.</param>
/// <param name="Recoloured">Whether they are alike by their edges alone.</param>
internal readonly record struct LookAlike(int A, int B, float Score, bool Recoloured);
