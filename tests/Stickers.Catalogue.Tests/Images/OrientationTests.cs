using Stickers.Catalogue.Images;
using Stickers.Catalogue.Tests.Images.Making;

namespace Stickers.Catalogue.Tests.Images;

/// <summary>
/// EXIF 2.32 says of each orientation where the stored row 0 and column 0 are seen; the expected place of every stored pixel
/// follows from that sentence alone.
/// </summary>
public sealed class OrientationTests
{
    private const int Columns = 3, Rows = 2;

    /// <summary>The side at which row 0 is seen, then the side at which column 0 is seen.</summary>
    private static readonly string[] Sides = ["", "top left", "top right", "bottom right", "bottom left", "left top", "right top", "right bottom", "left bottom"];

    public static TheoryData<int, bool> All
    {
        get
        {
            var data = new TheoryData<int, bool>();
            for (var o = 1; o <= 8; o++)
            {
                data.Add(o, true);
                data.Add(o, false);
            }
            return data;
        }
    }

    private static uint Colour(int column, int row) => (uint)(column * 100 + 20) << 24 | (uint)(row * 200 + 10) << 16 | 0x50FFu;

    private static void AssertUpright(RasterImage image, int orientation, int cell, int tolerance)
    {
        var (rowSide, columnSide) = (Sides[orientation].Split(' ')[0], Sides[orientation].Split(' ')[1]);
        var turned = orientation >= 5;
        Assert.Equal((turned ? Rows : Columns) * cell, image.Width);
        Assert.Equal((turned ? Columns : Rows) * cell, image.Height);
        for (var row = 0; row < Rows; row++)
        {
            for (var column = 0; column < Columns; column++)
            {
                var along = turned ? (Place(rowSide, row, Rows), Place(columnSide, column, Columns)) : (Place(columnSide, column, Columns), Place(rowSide, row, Rows));
                var found = image.At(along.Item1 * cell + cell / 2, along.Item2 * cell + cell / 2);
                for (var shift = 0; shift < 32; shift += 8)
                    Assert.InRange((int)(found >> shift & 0xFF) - (int)(Colour(column, row) >> shift & 0xFF), -tolerance, tolerance);
            }
        }

        static int Place(string side, int index, int count) => side is "top" or "left" ? index : count - 1 - index;
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_JpegWithOrientation_ShowsItUpright(int orientation, bool little)
    {
        var file = JpegMaker.Blocks(Columns, Rows, 3, (x, y, c) => (byte)(Colour(x, y) >> (24 - 8 * c)), JpegMaker.Exif(ExifMaker.Orientation((ushort)orientation, little)));

        AssertUpright(ImageDecoder.Decode(file, 100), orientation, 8, 1);
        var info = ImageDecoder.Identify(file);
        Assert.Equal(orientation >= 5 ? (Rows * 8, Columns * 8) : (Columns * 8, Rows * 8), (info.Width, info.Height));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_PngWithOrientation_ShowsItUpright(int orientation, bool little)
    {
        var idat = PngMaker.Idat(Rows, Stored());
        var exif = PngMaker.Chunk("eXIf", ExifMaker.Orientation((ushort)orientation, little));

        // The chunk may stand before or after the pixels.
        AssertUpright(ImageDecoder.Decode(PngMaker.File(PngMaker.Ihdr(Columns, Rows), exif, idat), 100), orientation, 1, 0);
        AssertUpright(ImageDecoder.Decode(PngMaker.File(PngMaker.Ihdr(Columns, Rows), idat, exif), 100), orientation, 1, 0);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Decode_WebPWithOrientation_ShowsItUpright(int orientation, bool little)
    {
        var file = WebPMaker.File(WebPMaker.Extended(Columns, Rows, 8), WebPMaker.Chunk("VP8L", WebPMaker.Lossless(Columns, Rows, Stored())),
            WebPMaker.Chunk("EXIF", ExifMaker.Orientation((ushort)orientation, little)));

        AssertUpright(ImageDecoder.Decode(file, 100), orientation, 1, 0);
    }

    [Theory]
    [InlineData(0, 3)]
    [InlineData(9, 3)]
    [InlineData(6, 4)] // a long where a short belongs
    public void Decode_OrientationWithoutMeaning_ShowsItAsStored(int value, int type)
    {
        var file = PngMaker.File(PngMaker.Ihdr(Columns, Rows), PngMaker.Chunk("eXIf", ExifMaker.Orientation((ushort)value, type: (ushort)type)), PngMaker.Idat(Rows, Stored()));

        AssertUpright(ImageDecoder.Decode(file, 100), 1, 1, 0);
    }

    private static byte[] Stored() => Pixels.Of([.. Enumerable.Range(0, Rows * Columns).Select(i => Colour(i % Columns, i / Columns))]);
}
