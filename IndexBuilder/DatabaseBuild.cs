using Stickers.Catalogue;
using Stickers.IndexBuilder.Sharding;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder;

/// <summary>Rows of a written stickers.db.</summary>
/// <param name="Stickers">All rows.</param>
/// <param name="Thumbnails">Rows whose image could be decoded.</param>
internal sealed record DatabaseCounts(long Stickers, long Thumbnails);

/// <summary>Writes the stickers.db of a snapshot: every sticker of the catalogue, in the catalogue's order.</summary>
internal static class DatabaseBuild
{
    private const int ChunkStickers = 64;
    private const long ChunkBytes = 32L << 20;

    /// <param name="inputs">The stickers and what is known of them.</param>
    /// <param name="path">The file.</param>
    /// <param name="made">Thumbnails of all stickers; null to make them here.</param>
    /// <param name="known">Where they are made here, that of a sticker whose image has not changed since it was made; null where none is known. On any thread.</param>
    /// <param name="progress">Told how many stickers are in.</param>
    /// <param name="cancellation">Stops the writing.</param>
    public static async Task<DatabaseCounts> WriteAsync(IndexInputs inputs, string path, ThumbnailStream? made, Func<StickerId, byte[]?>? known, Action<long> progress, CancellationToken cancellation)
    {
        var catalogue = inputs.Catalogue;
        using var writer = StickerDatabaseWriter.Create(path);
        await using var suggestions = new SuggestionStream(inputs.Suggestions, cancellation);
        var chunk = new List<Sticker>(ChunkStickers);
        long bytes = 0, stickers = 0, thumbnails = 0;
        await foreach (var sticker in catalogue.ReadAsync(images: made is null, cancellation))
        {
            chunk.Add(sticker);
            bytes += sticker.Image.Length;
            if (chunk.Count == ChunkStickers || bytes >= ChunkBytes)
                await WriteChunkAsync();
        }

        await WriteChunkAsync();
        await suggestions.RequireEndAsync();
        if (stickers != catalogue.Manifest.Written)
            throw new InvalidDataException($"Catalogue {catalogue.Name} has {stickers} stickers; its manifest says {catalogue.Manifest.Written}. Import it again (stickers import).");
        writer.Complete();
        return new DatabaseCounts(stickers, thumbnails);

        async Task WriteChunkAsync()
        {
            var pictures = new byte[chunk.Count][];
            if (made is null)
            {
                Parallel.For(0, chunk.Count, new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount, CancellationToken = cancellation },
                    i => pictures[i] = known?.Invoke(chunk[i].Id) ?? ThumbnailShards.Of(chunk[i]));
            }

            for (var i = 0; i < chunk.Count; i++)
            {
                if (made is not null)
                    pictures[i] = await made.TakeAsync();
                writer.Add(RecordOf(chunk[i], catalogue.Vocabulary, await suggestions.TakeAsync(chunk[i].Id)), pictures[i]);
                thumbnails += pictures[i].Length > 0 ? 1 : 0;
            }

            stickers += chunk.Count;
            chunk.Clear();
            bytes = 0;
            progress(stickers);
        }
    }

    private static StickerRecord RecordOf(Sticker sticker, TagVocabulary vocabulary, IReadOnlyList<SuggestedTag> suggestions) => new()
    {
        Id = sticker.Id,
        Key = sticker.Key,
        Pack = sticker.Pack,
        Creator = sticker.Creator,
        Title = sticker.Title,
        Locale = sticker.Locale,
        Frames = sticker.Frames,
        Created = sticker.Created,
        Tags = vocabulary.TagsOf(sticker),
        Suggestions = suggestions,
    };
}
