using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;

namespace Stickers.Tagger.Backfilling;

/// <summary>
/// What backfill and embed share: a catalogue streams part by part through the network into parts of rows. Each finished
/// part leaves a journal entry with its counts, so that an interrupted job goes on after it and its totals still add up;
/// the journal goes when the manifest stands.
/// </summary>
internal sealed class PartJob<TRow>
{
    /// <summary>Shown in progress and messages.</summary>
    public required string Stage { get; init; }

    /// <summary>Where the parts go, without a slash at the end.</summary>
    public required string Folder { get; init; }

    public required ObjectStore Store { get; init; }
    public required StickerCatalogue Catalogue { get; init; }
    public required string ModelHash { get; init; }
    public required int BatchSize { get; init; }
    public required Func<IReadOnlyList<RasterImage>, IReadOnlyList<Prediction>> Predict { get; init; }

    /// <summary>Whether the sticker is the job's business.</summary>
    public required Func<Sticker, bool> Wanted { get; init; }

    public required Func<Sticker, Prediction, IEnumerable<TRow>> RowsOf { get; init; }
    public required Func<int, IReadOnlyList<TRow>, CancellationToken, Task<CommittedFile>> WritePart { get; init; }

    /// <summary>Does all parts that are not done yet.</summary>
    /// <returns>Every part in order.</returns>
    /// <exception cref="InvalidDataException">Counts do not add up.</exception>
    public async Task<IReadOnlyList<FinishedPart>> RunAsync(IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var counts = Catalogue.Manifest.PartCounts;
        var parts = new List<FinishedPart>();
        long done = 0;
        for (var part = 0; part < counts.Count; part++)
        {
            cancellation.ThrowIfCancellationRequested();
            var finished = await TryResumeAsync(part, cancellation);
            if (finished is null)
            {
                finished = await RunPartAsync(part, done, progress, cancellation);
                await Store.WriteJsonAsync(JournalKey(part), finished, cancellation);
            }
            parts.Add(finished);
            done += counts[part];
            Report(progress, done);
        }
        await WriteQuarantineAsync(parts, cancellation);
        await DeleteStrayPartsAsync(parts, cancellation);
        return parts;
    }

    private async Task<FinishedPart?> TryResumeAsync(int part, CancellationToken cancellation)
    {
        var finished = await Store.ReadJsonAsync<FinishedPart>(JournalKey(part), cancellation);
        if (finished is null || finished.ModelHash != ModelHash || finished.CatalogueHash != Catalogue.ContentHash || finished.BatchSize != BatchSize)
            return null;
        var stored = await Store.StatAsync($"{Folder}/{finished.File.Path}", cancellation);
        return stored?.Bytes == finished.File.Bytes ? finished : null;
    }

    private async Task<FinishedPart> RunPartAsync(int part, long doneBefore, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        var rows = new List<TRow>();
        var quarantined = new List<QuarantinedSticker>();
        var seen = new Counter();
        var wanted = new Counter();
        long withRows = 0, withoutRows = 0;
        await foreach (var (prepared, predictions) in PredictionStream.RunAsync(WantedOf(part, seen, wanted, cancellation), PreparedSticker.Decode, Predict, BatchSize, cancellation))
        {
            if (prepared.Fault is { } fault)
            {
                quarantined.Add(new QuarantinedSticker(prepared.Sticker.Id.ToString(), prepared.Sticker.Key, part, fault.Fault.ToString(), fault.Message));
                continue;
            }
            var before = rows.Count;
            rows.AddRange(RowsOf(prepared.Sticker, FramePool.Pool(predictions)));
            if (rows.Count > before)
                withRows++;
            else
                withoutRows++;
            Report(progress, doneBefore + seen.Value);
        }
        var expected = Catalogue.Manifest.PartCounts[part];
        if (seen.Value != expected)
            throw new InvalidDataException($"Catalogue '{Catalogue.Name}' says that part {part} has {expected} stickers, but {seen.Value} were read: import it again.");
        if (wanted.Value != withRows + withoutRows + quarantined.Count)
            throw new InvalidDataException($"{Stage}, part {part}: {wanted.Value} stickers went in, but {withRows} with rows + {withoutRows} without + {quarantined.Count} quarantined came out.");
        return new FinishedPart
        {
            ModelHash = ModelHash,
            CatalogueHash = Catalogue.ContentHash,
            BatchSize = BatchSize,
            Read = wanted.Value,
            WithRows = withRows,
            WithoutRows = withoutRows,
            Rows = rows.Count,
            Quarantined = quarantined,
            File = await WritePart(part, rows, cancellation),
        };
    }

    private async IAsyncEnumerable<Sticker> WantedOf(int part, Counter seen, Counter wanted, [EnumeratorCancellation] CancellationToken cancellation)
    {
        await foreach (var sticker in Catalogue.ReadPartAsync(part, images: true, cancellation))
        {
            seen.Value++;
            if (!Wanted(sticker))
                continue;
            wanted.Value++;
            yield return sticker;
        }
    }

    private async Task WriteQuarantineAsync(List<FinishedPart> parts, CancellationToken cancellation)
    {
        await using var writer = await Store.CreateAsync($"{Folder}/quarantine.jsonl", cancellation);
        foreach (var row in parts.SelectMany(part => part.Quarantined))
        {
            await JsonSerializer.SerializeAsync(writer.Stream, row, JsonSerializerOptions.Web, cancellation);
            writer.Stream.WriteByte((byte)'\n');
        }
        await writer.CommitAsync(cancellation);
    }

    /// <summary>Parts of an older set with more parts must not lie among the new ones.</summary>
    private async Task DeleteStrayPartsAsync(List<FinishedPart> parts, CancellationToken cancellation)
    {
        var current = parts.Select(part => $"{Folder}/{part.File.Path}").ToHashSet(StringComparer.Ordinal);
        foreach (var stored in await Store.ListAsync($"{Folder}/part-", cancellation).ToListAsync(cancellation))
        {
            if (!current.Contains(stored.Key))
                await Store.DeleteAsync(stored.Key, cancellation);
        }
    }

    private void Report(IProgress<JobProgress>? progress, long done) => progress?.Report(new JobProgress(Stage, done, Catalogue.Manifest.Written, "stickers"));

    private string JournalKey(int part) => $"{Folder}/journal/part-{part.ToString("D5", CultureInfo.InvariantCulture)}.json";

    /// <summary>Counted by the reading task, read by the consuming one: exact once the stream has ended.</summary>
    private sealed class Counter
    {
        private long _value;

        public long Value
        {
            get => Volatile.Read(ref _value);
            set => Volatile.Write(ref _value, value);
        }
    }
}
