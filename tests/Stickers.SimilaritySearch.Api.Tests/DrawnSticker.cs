using Stickers.Catalogue;
using Stickers.Catalogue.Images;

namespace Stickers.SimilaritySearch.Api.Tests;

/// <summary>A sticker that the tests draw themselves: a shape of one colour on nothing.</summary>
internal sealed record DrawnSticker(string Shape, string Colour, RasterImage Picture, byte[] Png)
{
    private const int Side = 96;

    private static readonly (string Name, byte R, byte G, byte B)[] Colours =
        [("red", 220, 40, 40), ("green", 40, 170, 70), ("blue", 50, 90, 220), ("yellow", 245, 205, 50), ("black", 15, 15, 15), ("pink", 250, 130, 190)];

    private static readonly (string Name, Func<double, double, bool> Inside)[] Shapes =
    [
        ("circle", (x, y) => (x * x) + (y * y) < 0.8),
        ("square", (x, y) => Math.Max(Math.Abs(x), Math.Abs(y)) < 0.75),
        ("diamond", (x, y) => Math.Abs(x) + Math.Abs(y) < 0.9),
        ("ring", (x, y) => (x * x) + (y * y) is < 0.85 and > 0.35),
        ("cross", (x, y) => Math.Min(Math.Abs(x), Math.Abs(y)) < 0.25),
        ("triangle", (x, y) => y > -0.8 && y < 0.8 && Math.Abs(x) < (y + 0.8) / 1.8),
    ];

    public string Key => $"drawn/{Colour}-{Shape}";

    public StickerId Id => StickerId.FromKey(Key);

    /// <summary>Every shape in every colour.</summary>
    public static IReadOnlyList<DrawnSticker> All { get; } =
        [.. from shape in Shapes from colour in Colours select Draw(shape.Name, shape.Inside, colour.Name, [colour.R, colour.G, colour.B])];

    public static DrawnSticker Named(string colour, string shape) => All.Single(sticker => sticker.Colour == colour && sticker.Shape == shape);

    private static DrawnSticker Draw(string shape, Func<double, double, bool> inside, string colour, byte[] rgb)
    {
        var rgba = new byte[Side * Side * 4];
        for (var i = 0; i < Side * Side; i++)
        {
            var x = (((i % Side) + 0.5) / Side * 2) - 1;
            var y = (((i / Side) + 0.5) / Side * 2) - 1;
            if (!inside(x, y))
                continue;
            rgb.CopyTo(rgba, i * 4);
            rgba[(i * 4) + 3] = 255;
        }

        var picture = new RasterImage(Side, Side, rgba);
        return new DrawnSticker(shape, colour, picture, ImageDecoder.EncodePng(picture));
    }
}
