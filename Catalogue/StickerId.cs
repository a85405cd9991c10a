using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Stickers.Catalogue;

/// <summary>A sticker's 63-bit identity, stable over imports: the same source key gives the same id.</summary>
/// <param name="Value">Non-negative number; Faiss and Parquet hold it as int64.</param>
public readonly record struct StickerId(long Value)
{
    /// <summary>Derives the id from a source key such as <c>pack/name</c>: the first 8 bytes of SHA-256, top bit cleared.</summary>
    public static StickerId FromKey(string key)
    {
        ArgumentException.ThrowIfNullOrEmpty(key);
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(key));
        return new StickerId(System.Buffers.Binary.BinaryPrimitives.ReadInt64BigEndian(hash) & long.MaxValue);
    }

    /// <summary>Reads the decimal form that <see cref="ToString"/> writes.</summary>
    public static bool TryParse(string? text, out StickerId id)
    {
        var ok = long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var value);
        id = new StickerId(value);
        return ok;
    }

    /// <summary>Decimal digits.</summary>
    public override string ToString() => Value.ToString(CultureInfo.InvariantCulture);
}
