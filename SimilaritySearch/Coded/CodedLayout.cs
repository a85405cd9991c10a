namespace Stickers.SimilaritySearch.Coded;

/// <summary>Where things stand in a vectors.coded (docs/formats.md).</summary>
internal readonly record struct CodedLayout(long Rows, int Dimension, int Lists, int Bits)
{
    public const int HeaderBytes = 4096;

    public int Words => (Bits + 63) / 64;

    /// <summary>The map's offsets; in version 1 the mean.</summary>
    public long OffsetsOffset => HeaderBytes;

    /// <summary>The map's weights; in version 1 the rotation.</summary>
    public long WeightsOffset => OffsetsOffset + Align(Bits * sizeof(float));

    public long CentresOffset => WeightsOffset + Align((long)Bits * Dimension * sizeof(float));

    public long StartsOffset => CentresOffset + Align((long)Lists * Dimension * sizeof(float));

    /// <summary>Row at each place.</summary>
    public long RowsOffset => StartsOffset + Align((Lists + 1L) * sizeof(long));

    /// <summary>Place of each row.</summary>
    public long PlacesOffset => RowsOffset + Align(Rows * sizeof(uint));

    public long CodesOffset => PlacesOffset + Align(Rows * sizeof(uint));

    public long VectorsOffset => CodesOffset + Align(Rows * Words * sizeof(ulong));

    public long FileBytes => VectorsOffset + (Rows * Dimension * sizeof(float));

    private static long Align(long bytes) => (bytes + 4095) / 4096 * 4096;
}
