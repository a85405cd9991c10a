namespace Stickers.SimilaritySearch.Exact;

/// <summary>
/// Where things stand in a vectors.exact (docs/formats.md): a page of header, then groups of 16 rows in 8 bits, then all rows as float32.
/// </summary>
internal readonly record struct ExactLayout(long Rows, int Dimension)
{
    /// <summary>Rows that are compared side by side, one to a lane of 512 bits.</summary>
    public const int GroupRows = 16;

    /// <summary>Scale and error of each row of a group, before its codes.</summary>
    public const int GroupHeaderBytes = 2 * GroupRows * sizeof(float);

    /// <summary>Bytes of one pair of dimensions of a group's rows.</summary>
    public const int PairBytes = 2 * GroupRows;

    /// <summary>Where the groups begin.</summary>
    public const int CodeOffset = 4096;

    /// <summary>Dimensions go in pairs, which one instruction multiplies and adds; an odd last one is padded with 0.</summary>
    public int Pairs => (Dimension + 1) / 2;

    public int GroupBytes => GroupHeaderBytes + (Pairs * PairBytes);

    public long Groups => (Rows + GroupRows - 1) / GroupRows;

    public long CodeBytes => Groups * GroupBytes;

    public long VectorOffset => (CodeOffset + CodeBytes + 4095) / 4096 * 4096;

    public long FileBytes => VectorOffset + (Rows * Dimension * sizeof(float));

    /// <exception cref="ArgumentOutOfRangeException">More rows or dimensions than an index holds.</exception>
    public void Check()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(Rows, 0);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Rows, ExactIndex.MaxRows);
        ArgumentOutOfRangeException.ThrowIfLessThan(Dimension, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Dimension, ExactIndex.MaxDimension);
    }
}
