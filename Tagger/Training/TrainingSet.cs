using System.IO.MemoryMappedFiles;
using System.Runtime.CompilerServices;
using Stickers.Catalogue;
using Stickers.Storage;

namespace Stickers.Tagger.Training;

/// <summary>One sticker as training sees it; its row number is its place in the list and in the image file.</summary>
/// <param name="Part">Side of the split.</param>
/// <param name="Tags">Indices into the meanings, ascending; those below the number of suggested tags are labels to be learned.</param>
/// <param name="MayMirror">Whether mirroring keeps the meaning.</param>
/// <param name="Group">Near duplicates share this number.</param>
internal sealed record TrainingRow(SplitPart Part, int[] Tags, bool MayMirror, int Group)
{
    /// <summary>Indices of tags, below the number of suggested ones, that a person said the sticker has not.</summary>
    public int[] Refused { get; init; } = [];

    /// <summary>Stickers of one creator share this number; one whose creator is unknown has its own.</summary>
    public int Creator { get; init; }
}

/// <summary>The tags of a training, most frequent first.</summary>
/// <param name="Meanings">All tags that get a vector in the semantic space.</param>
/// <param name="Support">Training stickers of each.</param>
/// <param name="TagCount">How many of them, from the front, are frequent enough to be suggested.</param>
internal sealed record TrainingVocabulary(IReadOnlyList<string> Meanings, IReadOnlyList<int> Support, int TagCount);

/// <summary>Labels in memory, fitted images in memory-mapped files that the system pages as it likes.</summary>
internal sealed class TrainingSet : IDisposable
{
    private readonly List<(LocalFile File, MemoryMappedFile Map, MemoryMappedViewAccessor View)> _parts = [];
    private readonly List<nint> _images = [];

    /// <summary>Maps what a <see cref="FittingJob"/> made.</summary>
    /// <param name="parts">Its parts in order; taken over.</param>
    /// <param name="fittedSide">Side of an image.</param>
    /// <param name="vocabulary">The tags.</param>
    /// <param name="labels">What is known of each sticker, by its id.</param>
    public TrainingSet(IReadOnlyList<LocalFile> parts, int fittedSide, TrainingVocabulary vocabulary, IReadOnlyDictionary<long, TrainingRow> labels)
    {
        FittedSide = fittedSide;
        Vocabulary = vocabulary;
        var rows = new List<TrainingRow>();
        foreach (var part in parts) Map(part, labels, rows);
        Rows = rows;
    }

    /// <summary>Side of the stored images.</summary>
    public int FittedSide { get; }

    /// <summary>The tags.</summary>
    public TrainingVocabulary Vocabulary { get; }

    /// <summary>All rows.</summary>
    public IReadOnlyList<TrainingRow> Rows { get; }

    private int ImageBytes => FittedSide * FittedSide * 4;

    /// <summary>Premultiplied RGBA of a row.</summary>
    public unsafe ReadOnlySpan<byte> Image(int row) => new((byte*)_images[row], ImageBytes);

    /// <summary>Row numbers to learn from.</summary>
    public int[] TrainingRows => [.. Enumerable.Range(0, Rows.Count).Where(i => Rows[i].Part == SplitPart.Train && Rows[i].Tags.Length + Rows[i].Refused.Length > 0)];

    /// <summary>Whether any tag was refused to any sticker.</summary>
    public bool HasRefusals => Rows.Any(row => row.Refused.Length > 0);

    /// <summary>Row numbers to fit the semantic space on: those to learn from that have a tag.</summary>
    public int[] TaggedRows => [.. Enumerable.Range(0, Rows.Count).Where(i => Rows[i].Part == SplitPart.Train && Rows[i].Tags.Length > 0)];

    /// <summary>Row numbers to calibrate on, whatever their tags: suggestions are made for stickers that deserve none as well.</summary>
    public int[] ValidationRows => [.. Enumerable.Range(0, Rows.Count).Where(i => Rows[i].Part == SplitPart.Validation)];

    public void Dispose()
    {
        foreach (var (file, map, view) in _parts)
        {
            view.SafeMemoryMappedViewHandle.ReleasePointer();
            view.Dispose();
            map.Dispose();
            file.Dispose();
        }

        _parts.Clear();
        _images.Clear();
    }

    private unsafe void Map(LocalFile part, IReadOnlyDictionary<long, TrainingRow> labels, List<TrainingRow> rows)
    {
        var record = sizeof(long) + ImageBytes;
        var length = new FileInfo(part.Path).Length;
        if (length % record != 0) throw new InvalidDataException($"{part.Path} has {length} bytes, which are no whole images of {record}. Delete its folder and train again.");
        if (length == 0)
        {
            part.Dispose(); // none of that shard's stickers is labelled
            return;
        }

        var map = MemoryMappedFile.CreateFromFile(part.Path, FileMode.Open, null, 0, MemoryMappedFileAccess.Read);
        var view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        _parts.Add((part, map, view));
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        for (var image = start; image < start + length; image += record)
        {
            rows.Add(labels[Unsafe.ReadUnaligned<long>(image)]);
            _images.Add((nint)(image + sizeof(long)));
        }
    }
}
