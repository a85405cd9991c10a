namespace Stickers.Storage;

/// <summary>When a commit may happen.</summary>
/// <remarks>
/// To change an object that others change too: stat it, <em>then</em> read it, and write under <see cref="IfVersion"/> what follows from what
/// was read; on <see cref="StoreConflictException"/> begin again.
/// </remarks>
public sealed record WriteCondition
{
    private WriteCondition(bool absent, string? version) => (Absent, Version) = (absent, version);

    /// <summary>Always: what stood under the key is replaced.</summary>
    public static WriteCondition None { get; } = new(false, null);

    /// <summary>Only when no object has the key.</summary>
    public static WriteCondition IfAbsent { get; } = new(true, null);

    /// <summary>True for <see cref="IfAbsent"/>.</summary>
    public bool Absent { get; }

    /// <summary>The version asked for by <see cref="IfVersion"/>, else null.</summary>
    public string? Version { get; }

    /// <summary>Only when the object still has this <see cref="StoredObject.Version"/>.</summary>
    public static WriteCondition IfVersion(string version)
    {
        ArgumentException.ThrowIfNullOrEmpty(version);
        return new WriteCondition(false, version);
    }
}
