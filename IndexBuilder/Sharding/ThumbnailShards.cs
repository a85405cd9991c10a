using System.Runtime.InteropServices;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Pipeline.Sources;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Sharding;

/// <summary>
/// Makes the thumbnails that results show, which is most of an index build's work. A part holds, for each sticker in the catalogue's order, int32 bytes of a PNG
/// (little-endian) and those; none where the image cannot be decoded.
/// </summary>
internal sealed class ThumbnailShards(StickerCatalogue catalogue) : Job<Sticker, byte[], byte[], byte[]>
{
    public override string ManifestName => "thumbnails.json";

    public override IReadOnlyDictionary<string, string> Inputs => new Dictionary<string, string> { ["side"] = $"{StickerDatabaseWriter.ThumbnailSide}" };

    public override Source<Sticker> Source => new StickerSource(catalogue, StickerShards.SizeOf(catalogue.Manifest.Written));

    public override Sink<byte[]> Sink => new PictureSink();

    public override IAsyncEnumerable<byte[]> Preprocess(IAsyncEnumerable<Sticker> items, ShardContext context) => context.Each(items, sticker => sticker.Key, Of);

    public override IAsyncEnumerable<byte[]> Main(IAsyncEnumerable<byte[]> items, ShardContext context) => items;

    public override IAsyncEnumerable<byte[]> Postprocess(IAsyncEnumerable<byte[]> items, ShardContext context) => items;

    /// <summary>PNG of at most 160 pixels a side; empty where the image cannot be decoded: such a sticker is still found by its words.</summary>
    public static byte[] Of(Sticker sticker)
    {
        try
        {
            return ImageDecoder.EncodePng(ImageDecoder.Decode(sticker.Image.Span, StickerDatabaseWriter.ThumbnailSide));
        }
        catch (ImageException)
        {
            return [];
        }
    }

    public static string FolderOf(EmbeddingSpace space, string version) => $"{SnapshotKeys.Folder(space, version)}/thumbnails";

    private sealed class PictureSink : Sink<byte[]>
    {
        public override async Task<CommittedFile> WriteAsync(IAsyncEnumerable<byte[]> outputs, ShardContext context)
        {
            await using var file = await context.CreateOutputAsync(".png");
            await foreach (var picture in outputs)
            {
                var length = picture.Length;
                file.Stream.Write(MemoryMarshal.AsBytes(new ReadOnlySpan<int>(in length)));
                await file.Stream.WriteAsync(picture, context.Cancellation);
            }

            return await file.CommitAsync(context.Cancellation);
        }
    }
}
