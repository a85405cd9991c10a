using System.Security.Cryptography;
using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Import;

/// <summary>Turns an item and its bytes into a sticker or a quarantine row. Thread-safe.</summary>
internal static class ImportedImage
{
    // An animation within this is decoded whole, 32 pixels wide at most; a larger one would take minutes, so its first picture must do.
    private const long MaxAnimationPixels = 512L << 20;
    private const int TestSide = 32;

    /// <summary>One of the two is set.</summary>
    internal readonly record struct Result(Sticker? Sticker, QuarantinedFile? Quarantined);

    internal static Result Of(ImportItem item, byte[] file, CatalogueImportOptions options)
    {
        try
        {
            return new Result(Accept(item, file, options), null);
        }
        catch (ImageException refusal)
        {
            return new Result(null, Row(item, refusal.Fault.ToString(), refusal.Message, file.Length));
        }
#pragma warning disable CA1031 // Whatever a decoder throws at a hostile file, the import goes on and says so.
        catch (Exception fault) when (fault is not OutOfMemoryException)
#pragma warning restore CA1031
        {
            return new Result(null, Row(item, nameof(ImageFault.Corrupt), $"The decoder failed ({fault.GetType().Name}): {fault.Message}", file.Length));
        }
    }

    internal static QuarantinedFile Row(ImportItem item, string fault, string reason, long bytes) =>
        new(item.Key, item.Origin, fault, SourceNames.Printable(reason), Math.Max(bytes, item.Bytes));

    private static Sticker Accept(ImportItem item, byte[] file, CatalogueImportOptions options)
    {
        var info = ImageDecoder.Identify(file, options.Limits);
        var metadata = info.Format == StickerFormat.Svg ? SvgMetadata.Read(file, options.Limits) : null;
        var image = file;
        if (info.Format == StickerFormat.Svg)
        {
            var rendered = ImageDecoder.Decode(file, options.SvgSide, options.Limits);
            image = ImageDecoder.EncodePng(rendered);
            info = info with { Width = rendered.Width, Height = rendered.Height };
        }
        else
        {
            var whole = (long)info.Width * info.Height * info.Frames <= MaxAnimationPixels;
            ImageDecoder.DecodeFrames(file, TestSide, whole ? info.Frames : 1, options.Limits);
        }

        var record = item.Record;
        return new Sticker
        {
            Id = StickerId.FromKey(item.Key),
            Key = item.Key,
            Pack = record.Pack ?? item.DefaultPack,
            Creator = record.Creator ?? metadata?.Creator ?? "",
            Title = record.Title ?? metadata?.Title,
            Locale = record.Locale ?? options.Locale,
            Tags = record.Tags ?? metadata?.Tags ?? [],
            Image = image,
            ImagePath = item.ImagePath,
            Format = info.Format,
            Width = info.Width,
            Height = info.Height,
            Frames = info.Frames,
            Concept = record.Concept,
            // Where the source is silent, equal files are each other's duplicates.
            DuplicateGroup = record.DuplicateGroup ?? $"sha256:{Convert.ToHexStringLower(SHA256.HashData(file))[..32]}",
            Created = record.Created ?? metadata?.Created,
            SplitCreator = record.SplitCreator,
            SplitConcept = record.SplitConcept,
        };
    }
}
