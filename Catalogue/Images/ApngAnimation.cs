namespace Stickers.Catalogue.Images;

internal static class ApngAnimation
{
    public static IEnumerable<PixelBuffer> Compose(byte[] file, ImageHeader header) => throw new NotImplementedException();
}
