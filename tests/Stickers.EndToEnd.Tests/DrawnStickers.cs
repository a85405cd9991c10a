using System.Globalization;
using System.Text.Json;
using SkiaSharp;

namespace Stickers.EndToEnd.Tests;

/// <summary>
/// Stickers of our own: shapes in colours, drawn by creators who each have a style. Tags name shape and colour; a part has none,
/// some files are broken. The same every time.
/// </summary>
internal static class DrawnStickers
{
    public const int Creators = 12;
    public const int PerCreator = 40;
    public const int Broken = 3;
    public const int Good = Creators * PerCreator;

    /// <summary>Every fourth sticker is left without tags.</summary>
    public const int Untagged = Good / 4;

    private const int Side = 96;

    private static readonly string[] Shapes = ["circle", "square", "triangle", "star", "ring"];

    private static readonly (string Name, SKColor Colour)[] Colours = [("red", SKColors.Crimson), ("green", SKColors.SeaGreen), ("blue", SKColors.RoyalBlue), ("yellow", SKColors.Gold)];

    /// <summary>Writes the images and their sidecar into a folder.</summary>
    public static void Write(string folder, int perCreator = PerCreator)
    {
        Directory.CreateDirectory(folder);
        using var sidecar = new StreamWriter(Path.Combine(folder, "stickers.jsonl"));
        for (var creator = 0; creator < Creators; creator++)
        {
            for (var number = 0; number < perCreator; number++)
            {
                var shape = Shapes[number % Shapes.Length];
                var (colourName, colour) = Colours[number / Shapes.Length % Colours.Length];
                var file = string.Create(CultureInfo.InvariantCulture, $"c{creator:00}-{number:00}.png");
                Draw(Path.Combine(folder, file), shape, colour, new Random(creator), new Random(creator * 1000 + number));
                string[] tags = number % 4 == 3 ? [] : [shape, colourName.ToUpperInvariant()];
                sidecar.WriteLine(JsonSerializer.Serialize(new { file, pack = $"pack {creator}", creator = $"creator {creator}", tags, concept = $"{colourName} {shape}", split_creator = SplitOf(creator) }));
            }
        }

        for (var i = 0; i < Broken; i++) File.WriteAllText(Path.Combine(folder, $"broken-{i}.png"), "This is no picture.");
    }

    private static string SplitOf(int creator) => creator switch
    {
        < 8 => "train",
        < 10 => "val",
        _ => "test",
    };

    private static void Draw(string path, string shape, SKColor colour, Random style, Random hand)
    {
        using var surface = SKSurface.Create(new SKImageInfo(Side, Side, SKColorType.Rgba8888, SKAlphaType.Premul));
        var canvas = surface.Canvas;
        canvas.Clear(SKColors.Transparent);
        using var paint = new SKPaint { IsAntialias = true, Color = colour };
        using var edge = new SKPaint { IsAntialias = true, Color = SKColors.Black, Style = SKPaintStyle.Stroke, StrokeWidth = 1 + style.NextSingle() * 6 };
        canvas.Translate(Side / 2f + hand.Next(-8, 9), Side / 2f + hand.Next(-8, 9));
        canvas.RotateDegrees(hand.Next(-20, 21));
        var radius = 24 + style.Next(0, 8) + hand.Next(0, 8);
        using var outline = Outline(shape, radius);
        canvas.DrawPath(outline, paint);
        canvas.DrawPath(outline, edge);
        using var image = surface.Snapshot();
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        using var output = File.Create(path);
        png.SaveTo(output);
    }

    private static SKPath Outline(string shape, float radius)
    {
        var path = new SKPath();
        switch (shape)
        {
            case "circle":
                path.AddCircle(0, 0, radius);
                break;
            case "square":
                path.AddRect(new SKRect(-radius, -radius, radius, radius));
                break;
            case "ring":
                path.AddCircle(0, 0, radius);
                path.AddCircle(0, 0, radius / 2, SKPathDirection.CounterClockwise);
                break;
            default:
                var corners = shape == "triangle" ? 3 : 10;
                var points = Enumerable.Range(0, corners).Select(i =>
                {
                    var reach = shape == "star" && i % 2 == 1 ? radius * 0.4f : radius;
                    var (sin, cos) = MathF.SinCos(MathF.Tau * i / corners - MathF.PI / 2);
                    return new SKPoint(cos * reach, sin * reach);
                });
                path.AddPoly([.. points]);
                break;
        }

        return path;
    }
}
