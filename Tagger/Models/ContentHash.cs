using System.Security.Cryptography;
using System.Text;

namespace Stickers.Tagger.Models;

/// <summary>Hashes that say whether two things were made of the same inputs.</summary>
internal static class ContentHash
{
    /// <summary>SHA-256 over length-prefixed UTF-8 parts, lower-case hexadecimal.</summary>
    public static string Of(IEnumerable<string> parts)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var part in parts)
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            hash.AppendData(BitConverter.GetBytes(bytes.Length));
            hash.AppendData(bytes);
        }
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
