using Stickers.Catalogue;

namespace Stickers.IndexBuilder.Duplicates;

/// <summary>Stickers that look alike.</summary>
/// <param name="Members">The first has the most look-alikes; the others are near to it, nearest first.</param>
/// <param name="Scores">Cosine of each with the first; 1 for the first itself.</param>
internal sealed record DuplicateGroup(IReadOnlyList<StickerId> Members, IReadOnlyList<float> Scores);

/// <summary>A sticker of a group, as groups.jsonl has it.</summary>
/// <param name="Id">The sticker.</param>
/// <param name="Key">Its key.</param>
/// <param name="Pack">Its pack.</param>
/// <param name="Creator">Its creator; empty when unknown.</param>
/// <param name="Title">Its title.</param>
/// <param name="Score">Cosine with the first of the group.</param>
public sealed record DuplicateMember(string Id, string Key, string Pack, string Creator, string? Title, float Score);

/// <summary>A line of groups.jsonl.</summary>
/// <param name="Size">Members.</param>
/// <param name="Creators">Different creators among them: more than one may mean copied work.</param>
/// <param name="Packs">Different packs among them.</param>
/// <param name="Members">The first has the most look-alikes; the others are near to it, nearest first.</param>
public sealed record DuplicateLine(int Size, int Creators, int Packs, IReadOnlyList<DuplicateMember> Members);
