using Stickers.Catalogue;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>Stickers that look alike.</summary>
/// <param name="First">Who has the most look-alikes.</param>
/// <param name="Others">Those that are near to it, nearest first, each with what <see cref="LookAlike"/> says of the two.</param>
internal sealed record DuplicateGroup(StickerId First, IReadOnlyList<(StickerId Id, float Score, bool Recoloured)> Others);

/// <summary>A sticker of a group, as groups.jsonl has it.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Key">Its key.</param>
/// <param name="Pack">Its pack.</param>
/// <param name="Creator">Its creator; empty when unknown.</param>
/// <param name="Title">Its title.</param>
/// <param name="Score">Cosine with the first of the group: of the visual vectors, or of the edges where the sticker is recoloured.</param>
/// <param name="Recoloured">Whether the drawing is that of the first one in other colours: alike by its edges, not in the visual space.</param>
public sealed record DuplicateMember(string Id, string Key, string Pack, string Creator, string? Title, float Score, bool Recoloured);

/// <summary>A line of groups.jsonl.</summary>
/// <param name="Size">Members.</param>
/// <param name="Creators">Different creators among them: more than one may mean copied work.</param>
/// <param name="Packs">Different packs among them.</param>
/// <param name="Members">The first has the most look-alikes; the others are near to it, nearest first, recoloured ones last.</param>
public sealed record DuplicateLine(int Size, int Creators, int Packs, IReadOnlyList<DuplicateMember> Members);
