using System.IO.MemoryMappedFiles;
using Stickers.Catalogue;

namespace Stickers.Tagger.Training;

/// <summary>One sticker as training sees it; its row number is its place in the list and in the image file.</summary>
/// <param name="Part">Side of the split.</param>
/// <param name="Tags">Indices into the meanings, ascending; those below the number of suggested tags are labels to be learned.</param>
/// <param name="MayMirror">Whether mirroring keeps the meaning.</param>
/// <param name="Group">Near duplicates share this number.</param>
internal sealed record TrainingRow(SplitPart Part, int[] Tags, bool MayMirror, int Group);

/// <summary>The tags of a training, most frequent first.</summary>
/// <param name="Meanings">All tags that get a vector in the semantic space.</param>
/// <param name="Support">Training stickers of each.</param>
/// <param name="TagCount">How many of them, from the front, are frequent enough to be suggested.</param>
internal sealed record TrainingVocabulary(IReadOnlyList<string> Meanings, IReadOnlyList<int> Support, int TagCount);

/// <summary>Labels in memory, fitted images in a memory-mapped file that the system pages as it likes.</summary>
internal sealed class TrainingSet : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly unsafe byte* _images;

    public unsafe TrainingSet(string imageFile, int fittedSide, TrainingVocabulary vocabulary, IReadOnlyList<TrainingRow> rows)
    {
        FittedSide = fittedSide;
        Vocabulary = vocabulary;
        Rows = rows;
        var expected = (long)rows.Count * ImageBytes;
        var found = new FileInfo(imageFile).Length;
        if (found != expected)
            throw new InvalidDataException($"{imageFile} has {found} bytes, {expected} expected for {rows.Count} images. Delete it and train again.");
        _file = MemoryMappedFile.CreateFromFile(imageFile, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        _view = _file.CreateViewAccessor(0, expected, MemoryMappedFileAccess.Read);
        byte* start = null;
        _view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        _images = start;
    }

    /// <summary>Side of the stored images.</summary>
    public int FittedSide { get; }

    /// <summary>The tags.</summary>
    public TrainingVocabulary Vocabulary { get; }

    /// <summary>All rows.</summary>
    public IReadOnlyList<TrainingRow> Rows { get; }

    private int ImageBytes => FittedSide * FittedSide * 4;

    /// <summary>Premultiplied RGBA of a row.</summary>
    public unsafe ReadOnlySpan<byte> Image(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows.Count, nameof(row));
        return new ReadOnlySpan<byte>(_images + ((long)row * ImageBytes), ImageBytes);
    }

    /// <summary>Row numbers to learn from.</summary>
    public int[] TrainingRows => [.. Enumerable.Range(0, Rows.Count).Where(i => Rows[i].Part == SplitPart.Train && Rows[i].Tags.Length > 0)];

    /// <summary>Row numbers to calibrate on: validation stickers with at least one tag that can be suggested.</summary>
    public int[] ValidationRows =>
        [.. Enumerable.Range(0, Rows.Count).Where(i => Rows[i].Part == SplitPart.Validation && Rows[i].Tags.Any(t => t < Vocabulary.TagCount))];

    public void Dispose()
    {
        if (_view.SafeMemoryMappedViewHandle.IsClosed) return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
