using System.IO.MemoryMappedFiles;
using Stickers.Catalogue;

namespace Stickers.Tagger.Training;

/// <summary>One sticker as training sees it; its row number is its place in the list and in the image file.</summary>
/// <param name="Part">Side of the split.</param>
/// <param name="Tags">Indices into the vocabulary, ascending.</param>
/// <param name="MayMirror">Whether mirroring keeps the meaning.</param>
/// <param name="Group">Near duplicates share this number.</param>
internal sealed record TrainingRow(SplitPart Part, int[] Tags, bool MayMirror, int Group);

/// <summary>Labels in memory, fitted images in a memory-mapped file that the system pages as it likes.</summary>
internal sealed class TrainingSet : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly unsafe byte* _images;

    public unsafe TrainingSet(string imageFile, int fittedSide, IReadOnlyList<string> vocabulary, IReadOnlyList<TrainingRow> rows)
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

    /// <summary>Canonical tags in order.</summary>
    public IReadOnlyList<string> Vocabulary { get; }

    /// <summary>All rows.</summary>
    public IReadOnlyList<TrainingRow> Rows { get; }

    private int ImageBytes => FittedSide * FittedSide * 4;

    /// <summary>Premultiplied RGBA of a row.</summary>
    public unsafe ReadOnlySpan<byte> Image(int row)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)row, (uint)Rows.Count, nameof(row));
        return new ReadOnlySpan<byte>(_images + ((long)row * ImageBytes), ImageBytes);
    }

    /// <summary>Row numbers on one side of the split that carry at least one tag of the vocabulary.</summary>
    public int[] TaggedRows(SplitPart part) =>
        [.. Enumerable.Range(0, Rows.Count).Where(i => Rows[i].Part == part && Rows[i].Tags.Length > 0)];

    public void Dispose()
    {
        if (_view.SafeMemoryMappedViewHandle.IsClosed) return;
        _view.SafeMemoryMappedViewHandle.ReleasePointer();
        _view.Dispose();
        _file.Dispose();
    }
}
