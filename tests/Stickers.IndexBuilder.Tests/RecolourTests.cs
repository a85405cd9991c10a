using System.Text.Json;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Catalogue.Import;
using Stickers.IndexBuilder.Duplicates;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Tests;

public sealed class RecolourTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_ADrawingInOtherColours_IsFoundThoughItsVectorIsFar()
    {
        using var world = await World.CreateAsync(60);
        await world.RedrawAsync(i => i == 40 ? 7 : i);
        await world.BuildAsync();
        var found = await DuplicateSearch.RunAsync(world.Store, new DuplicateOptions { Threshold = 0.98f }, null, Stop);
        Assert.Equal((1, 1, 2), (found.Recoloured, found.Groups, found.Members));
        var line = JsonSerializer.Deserialize<DuplicateLine>(await File.ReadAllTextAsync(world.Store.PathOf($"duplicates/{found.Index}/groups.jsonl"), Stop), JsonSerializerOptions.Web)!;
        Assert.Equal(new[] { world.Stickers[7].Key, world.Stickers[40].Key }, line.Members.Select(member => member.Key).Order());
        Assert.Equal([false, true], line.Members.Select(member => member.Recoloured));
        Assert.InRange(line.Members[1].Score, Recolours.SameDrawing, 1.0001);
        Assert.Contains("recoloured", await File.ReadAllTextAsync(world.Store.PathOf($"duplicates/{found.Index}/page-00000.html"), Stop), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(int.MaxValue)]
    [InlineData(10)] // inverted lists
    public void Find_AmongOthers_AreThePairsOfComparingAll(int mostExact)
    {
        var random = new Random(3);
        var pictures = Enumerable.Range(0, 400).Select(i => i % 50 == 49 ? null : Scribble(random)).ToList();
        for (var i = 0; i < 400; i += 8) pictures[(i + 201) % 400] = pictures[i] is { } drawing ? Swap(drawing) : null;
        pictures[3] = new RasterImage(20, 20, [.. Enumerable.Repeat<byte[]>([9, 9, 9, 5], 400).SelectMany(pixel => pixel)]); // hardly anything is drawn
        var values = pictures.ConvertAll(picture => Describe(picture));
        var expected = from a in Enumerable.Range(0, 400) from b in Enumerable.Range(a + 1, 399 - a) where Cosine(values[a], values[b]) >= Recolours.SameDrawing select (a, b);

        var found = Recolours.Find(400, i => pictures[i] is { } picture ? ImageDecoder.EncodePng(picture) : null, Recolours.SameDrawing, (_ => { }, _ => { }), Stop, mostExact);

        Assert.True(found.Count >= 40, $"{found.Count} pairs");
        Assert.Equal(expected, found.Select(pair => (pair.A, pair.B)));
        Assert.All(found, pair => Assert.True(pair.Recoloured));
    }

    /// <summary>Truth: a real drawing with its colours exchanged is one drawing, and of drawings by different hands or of different things hardly any two are.</summary>
    [Fact]
    public async Task TryDescribe_RealDrawings_KnowsThemInOtherColours()
    {
        var archive = Path.Combine(Environment.GetEnvironmentVariable("STICKERS_TEST_DATA") ?? "", "gophers.zip");
        Assert.SkipUnless(File.Exists(archive), "Set STICKERS_TEST_DATA to the folder that holds gophers.zip.");
        var store = new LocalStore(Directory.CreateTempSubdirectory("stickers-recolours-").FullName);
        try
        {
            await CatalogueImport.RunAsync(store, new CatalogueImportOptions { Name = "gophers", Sources = [archive] }, null, Stop);
            var pictures = await (await StickerCatalogue.OpenAsync(store, "gophers", Stop)).ReadAsync(images: true, Stop)
                .Select(sticker => ImageDecoder.Decode(sticker.Image.Span, OrientedGradients.Side)).ToListAsync(Stop);
            var (originals, swapped) = (pictures.ConvertAll(picture => Describe(picture)), pictures.ConvertAll(picture => Describe(Swap(picture))));
            Assert.All(originals.Zip(swapped), pair => Assert.InRange(Cosine(pair.First, pair.Second), 0.999, 1.001)); // the same edges, to rounding
            var pairs = originals.SelectMany((a, i) => originals.Skip(i + 1).Select(b => Cosine(a, b))).ToList();
            Assert.InRange(pairs.Count(cosine => cosine >= Recolours.SameDrawing) / (double)pairs.Count, 0, 0.001);
        }
        finally
        {
            Directory.Delete(store.Root, recursive: true);
        }
    }

    /// <summary>Six boxes of random place, size and colour on a transparent ground.</summary>
    private static RasterImage Scribble(Random random)
    {
        var rgba = new byte[48 * 48 * 4];
        for (var box = 0; box < 6; box++)
        {
            var (left, top, width, height) = (random.Next(36), random.Next(36), random.Next(4, 20), random.Next(4, 20));
            var colour = (ReadOnlySpan<byte>)[(byte)random.Next(256), (byte)random.Next(256), (byte)random.Next(256), 255];
            for (var y = top; y < Math.Min(48, top + height); y++)
            {
                for (var x = left; x < Math.Min(48, left + width); x++) colour.CopyTo(rgba.AsSpan(((y * 48) + x) * 4));
            }
        }

        return new RasterImage(48, 48, rgba);
    }

    /// <summary>Red becomes green, green blue, blue red.</summary>
    private static RasterImage Swap(RasterImage image) =>
        image with { Rgba = [.. image.Rgba.Chunk(4).SelectMany(pixel => new[] { pixel[2], pixel[0], pixel[1], pixel[3] })] };

    private static float[]? Describe(RasterImage? picture)
    {
        var values = new float[OrientedGradients.Dimension];
        return picture is not null && OrientedGradients.TryDescribe(picture, values) ? values : null;
    }

    private static double Cosine(float[]? a, float[]? b) => a is null || b is null ? -1 : a.Zip(b, (x, y) => (double)x * y).Sum();
}
