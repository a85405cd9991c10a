using Stickers.Pipeline;

namespace Stickers.IndexBuilder;

/// <summary>A part of a build that processes share.</summary>
/// <param name="Job">The job.</param>
/// <param name="Folder">Where its files go: to be given to <see cref="RunOptions.Folder"/>.</param>
public sealed record SharedWork(Job Job, string Folder);
