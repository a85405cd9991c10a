using System.Runtime.CompilerServices;
using Stickers.Pipeline.Formats;

namespace Stickers.Pipeline;

/// <summary>Ready formats.</summary>
public static class ItemFormat
{
    /// <summary>Bytes as they are.</summary>
    public static IItemFormat<byte[]> Bytes { get; } = new BytesFormat();

    /// <summary>Text as UTF-8.</summary>
    public static IItemFormat<string> Text { get; } = new TextFormat();

    /// <summary>
    /// The format that a type calls for: bytes, text, a struct without references as it lies in memory, and by MemoryPack whatever that knows:
    /// arrays, lists, dictionaries, tuples of such, and classes, records and structs that are marked <c>[MemoryPackable]</c>.
    /// </summary>
    public static IItemFormat<T> Of<T>()
    {
        if (typeof(T) == typeof(byte[])) return (IItemFormat<T>)Bytes;
        if (typeof(T) == typeof(string)) return (IItemFormat<T>)Text;
        return RuntimeHelpers.IsReferenceOrContainsReferences<T>() ? new RecordFormat<T>() : new StructFormat<T>();
    }
}
