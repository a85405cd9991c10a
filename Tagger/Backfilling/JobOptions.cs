namespace Stickers.Tagger.Backfilling;

/// <summary>Limits that the jobs' options share.</summary>
internal static class JobOptions
{
    private const int MaxBatch = 256;   // StickerModel.Predict takes no more

    /// <exception cref="ArgumentOutOfRangeException">The batch size cannot work.</exception>
    public static void DemandBatchSize(int batchSize)
    {
        if (batchSize is < StickerFrames.Max or > MaxBatch)
            throw new ArgumentOutOfRangeException(nameof(batchSize), batchSize, $"A batch holds {StickerFrames.Max} (the frames of one animation) to {MaxBatch} images.");
    }
}
