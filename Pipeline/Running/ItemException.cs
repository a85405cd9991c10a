namespace Stickers.Pipeline.Running;

/// <summary>Carries the key of the item at fault up to where the stage and the shard are known.</summary>
internal sealed class ItemException(string key, Exception cause) : Exception(cause.Message, cause)
{
    public string Key { get; } = key;
}
