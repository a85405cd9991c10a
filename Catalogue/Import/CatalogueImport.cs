using System.Threading.Channels;
using Stickers.Catalogue.Images;
using Stickers.Storage;

namespace Stickers.Catalogue.Import;

/// <summary>
/// Makes a catalogue from files: reads in source order, decodes in parallel, writes in source order. What cannot be accepted becomes
/// a quarantine row and never stops the import. A killed import goes on behind its last finished row group when run again with the same
/// inputs, and gives the same bytes as one that was never killed.
/// </summary>
public static class CatalogueImport
{
    private const string Stage = "import";

    /// <summary>Runs the import, or returns at once when it is done already.</summary>
    /// <exception cref="ArgumentException">The options are wrong; the message lists all faults.</exception>
    /// <exception cref="InvalidOperationException">A catalogue of that name was made, or begun, from other inputs.</exception>
    public static async Task<CatalogueManifest> RunAsync(ObjectStore store, CatalogueImportOptions options, IProgress<JobProgress>? progress = null, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(store);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        var sources = options.Sources.Select(path => ImportSource.Of(path, options)).ToList();
        var inputs = ImportInputs.Take(options, sources, cancellation);
        if (await PrepareAsync(store, options, inputs, cancellation).ConfigureAwait(false) is { } finished)
        {
            progress?.Report(new JobProgress(Stage, finished.Read, finished.Read, "stickers", "already there"));
            return finished;
        }

        var writer = await CatalogueWriter.ResumeAsync(store, options.Name, options.Sources, cancellation).ConfigureAwait(false);
        await using (writer.ConfigureAwait(false))
        {
            var offered = await ImportAsync(writer, sources, options, inputs.Images, progress, cancellation).ConfigureAwait(false);
            if (writer.Read != offered)
                throw new InvalidOperationException($"The sources offered {offered} files, but {writer.Written} written + {writer.Quarantined} quarantined = {writer.Read}. The sources changed while they were read: run again with replace.");
            return await writer.CommitAsync(cancellation).ConfigureAwait(false);
        }
    }

    /// <summary>Decides between done, going on and beginning; after the latter two <c>inputs.json</c> is there.</summary>
    private static async Task<CatalogueManifest?> PrepareAsync(ObjectStore store, CatalogueImportOptions options, ImportInputs inputs, CancellationToken cancellation)
    {
        var key = ImportInputs.Key(options.Name);
        var before = await store.ReadJsonAsync<ImportInputs>(key, cancellation).ConfigureAwait(false);
        var same = before?.Fingerprint == inputs.Fingerprint;
        var finished = await StickerCatalogue.ExistsAsync(store, options.Name, cancellation).ConfigureAwait(false);
        if (!options.Replace)
        {
            if (finished && same) return (await StickerCatalogue.OpenAsync(store, options.Name, cancellation).ConfigureAwait(false)).Manifest;
            if ((finished || before is not null) && !same)
                throw new InvalidOperationException($"Catalogue '{options.Name}' {(finished ? "exists" : "was begun")} with other inputs{From(before)}: another source, another option, or files that changed since. Choose another name, or replace it (--replace).");
        }

        if (!finished && same) return null;
        await CatalogueWriter.DeleteAsync(store, options.Name, cancellation).ConfigureAwait(false);
        await store.WriteJsonAsync(key, inputs, cancellation).ConfigureAwait(false);
        return null;
    }

    private static string From(ImportInputs? before) => before is null ? "" : $" (from {string.Join(", ", before.Sources)})";

    /// <returns>How many files the sources offered.</returns>
    private static async Task<long> ImportAsync(CatalogueWriter writer, List<IImportSource> sources, CatalogueImportOptions options, long expected, IProgress<JobProgress>? progress, CancellationToken cancellation)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        using var workers = new SemaphoreSlim(options.Workers);
        var results = Channel.CreateBounded<Task<ImportedImage.Result>>(options.Workers * 2);
        var offering = Task.Run(() => OfferAsync(sources, writer.Read, options, workers, results.Writer, stop.Token), CancellationToken.None);
        try
        {
            progress?.Report(Progress(writer, expected));
            await foreach (var result in results.Reader.ReadAllAsync(cancellation).ConfigureAwait(false))
            {
                var (sticker, quarantined) = await result.ConfigureAwait(false);
                if (sticker is not null) await writer.AddAsync(sticker, cancellation).ConfigureAwait(false);
                else await writer.QuarantineAsync(quarantined!, cancellation).ConfigureAwait(false);
                progress?.Report(Progress(writer, expected));
            }

            return await offering.ConfigureAwait(false);
        }
        finally
        {
            // Whatever ended the loop, nothing of this run goes on behind it.
            await stop.CancelAsync().ConfigureAwait(false);
            await ((Task)offering).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            while (results.Reader.TryRead(out var result)) await ((Task)result).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static JobProgress Progress(CatalogueWriter writer, long expected) =>
        new(Stage, writer.Read, Math.Max(expected, writer.Read), "stickers", writer.Quarantined == 0 ? null : FormattableString.Invariant($"{writer.Quarantined} in quarantine"));

    private static async Task<long> OfferAsync(List<IImportSource> sources, long done, CatalogueImportOptions options, SemaphoreSlim workers, ChannelWriter<Task<ImportedImage.Result>> results, CancellationToken cancellation)
    {
        var offered = 0L;
        try
        {
            // 16 bytes a sticker, the only thing that grows with the catalogue.
            var ids = new HashSet<long>();
            foreach (var source in sources)
            {
                await foreach (var item in source.OfferAsync(cancellation).ConfigureAwait(false))
                {
                    offered++;
                    var isNew = ids.Add(StickerId.FromKey(item.Key).Value);
                    if (offered <= done) continue;
                    await results.WriteAsync(await StartAsync(item, isNew, options, workers, cancellation).ConfigureAwait(false), cancellation).ConfigureAwait(false);
                }
            }

            results.Complete();
        }
        catch (Exception fault)
        {
            results.Complete(fault);
            throw;
        }

        return offered;
    }

    /// <summary>Reads the file now, because archives are read from front to back, and decodes it on a worker.</summary>
    private static async Task<Task<ImportedImage.Result>> StartAsync(ImportItem item, bool isNew, CatalogueImportOptions options, SemaphoreSlim workers, CancellationToken cancellation)
    {
        if (item.Refusal is { } refusal) return Refused(item, refusal.Fault.ToString(), refusal.Reason);
        if (!isNew) return Refused(item, nameof(ImportFault.Duplicate), $"The key '{item.Key}' (id {StickerId.FromKey(item.Key)}) was offered before.");
        var limit = options.Limits.MaxBytes;
        if (item.Bytes > limit) return Refused(item, nameof(ImageFault.TooManyBytes), $"The file has {item.Bytes} bytes, more than the allowed {limit}.");

        byte[] file;
        try
        {
            file = await item.ReadAsync!(limit, cancellation).ConfigureAwait(false);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException or InvalidDataException or NotSupportedException)
        {
            return Refused(item, nameof(ImportFault.Unreadable), $"The file cannot be read: {fault.Message}");
        }

        if (file.Length > limit) return Refused(item, nameof(ImageFault.TooManyBytes), $"The file has more than the allowed {limit} bytes, whatever its archive says ({item.Bytes}).");
        await workers.WaitAsync(cancellation).ConfigureAwait(false);
        return Task.Run(
            () =>
            {
                try
                {
                    return ImportedImage.Of(item, file, options);
                }
                finally
                {
                    workers.Release();
                }
            },
            CancellationToken.None);
    }

    private static Task<ImportedImage.Result> Refused(ImportItem item, string fault, string reason) =>
        Task.FromResult(new ImportedImage.Result(null, ImportedImage.Row(item, fault, reason, item.Bytes)));
}
