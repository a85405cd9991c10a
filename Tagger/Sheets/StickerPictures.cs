using Stickers.Catalogue;
using Stickers.Catalogue.Images;

namespace Stickers.Tagger.Sheets;

/// <summary>Fetches some stickers' pictures from a catalogue without reading all the others.</summary>
internal static class StickerPictures
{
    /// <summary>PNG of at most <paramref name="side"/> pixels a side; a sticker that is not there or does not decode is left out.</summary>
    public static async Task<Dictionary<StickerId, byte[]>> ReadAsync(StickerCatalogue catalogue, IReadOnlySet<StickerId> wanted, int side, CancellationToken cancellation)
    {
        var pictures = new Dictionary<StickerId, byte[]>();
        for (var part = 0; part < catalogue.Manifest.PartCounts.Count && pictures.Count < wanted.Count; part++)
        {
            var places = new List<long>();
            var at = 0L;
            await foreach (var sticker in catalogue.ReadPartAsync(part, images: false, cancellation))
            {
                if (wanted.Contains(sticker.Id)) places.Add(at);
                at++;
            }

            foreach (var place in places)
            {
                await foreach (var sticker in catalogue.ReadPartAsync(part, place, 1, images: true, cancellation))
                {
                    try
                    {
                        pictures[sticker.Id] = ImageDecoder.EncodePng(ImageDecoder.Decode(sticker.Image.Span, side));
                    }
                    catch (ImageException)
                    {
                        // The sheet shows what can be shown.
                    }
                }
            }
        }

        return pictures;
    }
}
