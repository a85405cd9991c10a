using System.Numerics;

namespace Stickers.SimilaritySearch.Coded;

/// <summary>Counts in how many bits codes differ from a query's code.</summary>
internal static unsafe class HammingScan
{
    /// <param name="codes">Codes of <paramref name="words"/> 64-bit words each.</param>
    /// <param name="count">Number of codes.</param>
    /// <param name="query">The query's code.</param>
    /// <param name="words">Words of a code.</param>
    /// <param name="distances">Filled with the number of different bits of each.</param>
    public static void Distances(ulong* codes, int count, ulong* query, int words, ushort* distances)
    {
        if (words == 2)
        {
            // The usual length, 128 bits: four codes at once keep the popcount units busy.
            var (a, b) = (query[0], query[1]);
            var i = 0;
            for (; i <= count - 4; i += 4, codes += 8)
            {
                distances[i] = (ushort)(BitOperations.PopCount(codes[0] ^ a) + BitOperations.PopCount(codes[1] ^ b));
                distances[i + 1] = (ushort)(BitOperations.PopCount(codes[2] ^ a) + BitOperations.PopCount(codes[3] ^ b));
                distances[i + 2] = (ushort)(BitOperations.PopCount(codes[4] ^ a) + BitOperations.PopCount(codes[5] ^ b));
                distances[i + 3] = (ushort)(BitOperations.PopCount(codes[6] ^ a) + BitOperations.PopCount(codes[7] ^ b));
            }

            for (; i < count; i++, codes += 2)
                distances[i] = (ushort)(BitOperations.PopCount(codes[0] ^ a) + BitOperations.PopCount(codes[1] ^ b));
            return;
        }

        for (var i = 0; i < count; i++, codes += words)
        {
            var different = 0;
            for (var w = 0; w < words; w++)
                different += BitOperations.PopCount(codes[w] ^ query[w]);
            distances[i] = (ushort)different;
        }
    }
}
