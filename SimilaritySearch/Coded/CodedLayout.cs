namespace Stickers.SimilaritySearch.Coded;

/// <summary>Where things stand in a vectors.coded (docs/formats.md).</summary>
internal readonly record struct CodedLayout(long Rows, int Dimension, int Lists)
{
    public const int HeaderBytes = 4096;

    public int Words => (Dimension + 63) / 64;

    public long MeanOffset => HeaderBytes;

    public long RotationOffset => MeanOffset + Align(Dimension * sizeof(float));

    public long CentresOffset => RotationOffset + Align((long)Dimension * Dimension * sizeof(float));

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
