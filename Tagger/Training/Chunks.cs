namespace Stickers.Tagger.Training;

/// <summary>Passes over the long flat arrays of a training by all cores. The chunks do not depend on their number, so results do not either.</summary>
internal static class Chunks
{
    /// <summary>Values of a chunk: the few arrays that a pass touches fit into a core's own cache.</summary>
    private const int Length = 1 << 15;

    /// <summary>Number of chunks of an array.</summary>
    public static int Count(int length) => (length + Length - 1) / Length;

    /// <summary>Calls back for each chunk with its number, its first value and how many it has.</summary>
    public static void ForEach(int length, Action<int, int, int> body) =>
        Parallel.For(0, Count(length), chunk => body(chunk, chunk * Length, Math.Min(Length, length - (chunk * Length))));
}
