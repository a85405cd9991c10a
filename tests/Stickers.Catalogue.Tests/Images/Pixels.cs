using Stickers.Catalogue.Images;

namespace Stickers.Catalogue.Tests.Images;

/// <summary>Names pixels in tests: "RRGGBBAA" in hex, rows from the top.</summary>
internal static class Pixels
{
    public static byte[] Of(params uint[] rrggbbaa) =>
        [.. rrggbbaa.SelectMany(p => (byte[])[(byte)(p >> 24), (byte)(p >> 16), (byte)(p >> 8), (byte)p])];

    public static uint At(this RasterImage image, int x, int y)
    {
        var at = (y * image.Width + x) * 4;
        var p = image.Rgba;
        return (uint)(p[at] << 24 | p[at + 1] << 16 | p[at + 2] << 8 | p[at + 3]);
    }

    public static string[] Rows(this RasterImage image) =>
        [.. Enumerable.Range(0, image.Height).Select(y => string.Join(' ', Enumerable.Range(0, image.Width).Select(x => image.At(x, y).ToString("X8", null))))];

    public static byte[] Filled(int width, int height, uint rrggbbaa) => Of([.. Enumerable.Repeat(rrggbbaa, width * height)]);

    public static ImageFault? FaultOf(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (ImageException refused)
        {
            Assert.False(string.IsNullOrWhiteSpace(refused.Message));
            return refused.Fault;
        }
    }
}
