namespace Stickers.Tagger.Training;

/// <summary>Which stickers a step learns from: every epoch a new permutation, all of it a pure function of the seed.</summary>
internal sealed class BatchOrder(int[] rows, int batchSize, int seed)
{
    private readonly int[] _order = [.. rows];
    private long _epoch = -1;

    /// <summary>The items of a step, counted from 0. Steps may be asked for in any order.</summary>
    public BatchItem[] Step(long step)
    {
        var items = new BatchItem[batchSize];
        for (var i = 0; i < batchSize; i++)
        {
            var position = (step * batchSize) + i;
            Shuffle(position / rows.Length);
            items[i] = new BatchItem(_order[position % rows.Length], HashCode(seed, position));
        }
        return items;
    }

    /// <summary>A source of randomness for one part of a step that nothing else shares.</summary>
    public Random Random(long step, int part) => new(HashCode(~seed, (step * batchSize) + part));

    private void Shuffle(long epoch)
    {
        if (epoch == _epoch) return;
        rows.CopyTo(_order, 0);
        new Random(HashCode(seed, ~epoch)).Shuffle(_order);
        _epoch = epoch;
    }

    /// <summary>SplitMix64's finaliser (Steele et al. 2014), so that neighbouring numbers give unrelated seeds on every machine.</summary>
    private static int HashCode(int seed, long number)
    {
        var z = unchecked(((ulong)(uint)seed << 32) + ((ulong)number * 0x9E3779B97F4A7C15UL) + 0x9E3779B97F4A7C15UL);
        z = unchecked((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL);
        z = unchecked((z ^ (z >> 27)) * 0x94D049BB133111EBUL);
        return (int)((z ^ (z >> 31)) & int.MaxValue);
    }
}
