namespace Stickers.Pipeline;

/// <summary>An exception in one of a job's functions, with the place where it happened.</summary>
public sealed class JobFailedException : Exception
{
    internal JobFailedException(StageKind stage, int shard, string name, long item, string? key, Exception cause)
        : base($"Stage {stage.ToString().ToLowerInvariant()}, shard {shard} ('{name}'), {(key is null ? $"at item {item}" : $"item '{key}'")}: {cause.GetType().Name}: {cause.Message}", cause)
    {
        Stage = stage;
        Shard = shard;
        Item = key;
    }

    /// <summary>Whose code threw.</summary>
    public StageKind Stage { get; }

    /// <summary>Index of the shard.</summary>
    public int Shard { get; }

    /// <summary>The item's key, where it is known; the message else says how many items the stage had taken.</summary>
    public string? Item { get; }
}
