namespace Stickers.SimilaritySearch;

/// <summary>Finds ids in ascending order, which are spread evenly, being hashes.</summary>
internal static class SortedIds
{
    /// <summary>Guesses of a place before halves are taken: ids that are no hashes could be spread badly.</summary>
    private const int MostGuesses = 12;

    /// <summary>The place of an id, or -1. It is guessed from the value, in a few steps instead of twenty, each of which would be a read from memory.</summary>
    /// <param name="values">An id at every place that is a multiple of <paramref name="stride"/>, each larger than the one before.</param>
    /// <param name="stride">Values from one id to the next; 1 where there are only ids.</param>
    /// <param name="id">The id.</param>
    public static int Find(ReadOnlySpan<long> values, int stride, long id)
    {
        var (low, high) = (0, (values.Length / stride) - 1);
        for (var steps = 0; low <= high; steps++)
        {
            var (first, last) = (values[low * stride], values[high * stride]);
            if (id < first || id > last)
                return -1;
            var at = steps < MostGuesses ? low + Guess(first, last, high - low, id) : low + ((high - low) / 2);
            var found = values[at * stride];
            if (found == id)
                return at;
            if (found < id) low = at + 1;
            else high = at - 1;
        }

        return -1;
    }

    /// <summary>Where an id is looked for first; 0 when it cannot be there.</summary>
    /// <inheritdoc cref="Find"/>
    public static int FirstGuess(ReadOnlySpan<long> values, int stride, long id)
    {
        var high = (values.Length / stride) - 1;
        return high < 0 || id < values[0] || id > values[high * stride] ? 0 : Guess(values[0], values[high * stride], high, id);
    }

    private static int Guess(long first, long last, int distance, long id) =>
        Math.Min(distance, (int)((double)(id - first) / Math.Max(1, last - first) * distance));
}
