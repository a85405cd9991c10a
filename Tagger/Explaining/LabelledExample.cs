using Stickers.Catalogue;

namespace Stickers.Tagger.Explaining;

/// <summary>A sticker with a creator's labels that means nearly what another picture means.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Key">Its key.</param>
/// <param name="Creator">Who made it.</param>
/// <param name="Tags">Its canonical labels.</param>
/// <param name="Likeness">Cosine of the semantic vectors, -1 to 1.</param>
public sealed record LabelledExample(StickerId Id, string Key, string Creator, IReadOnlyList<string> Tags, float Likeness);
