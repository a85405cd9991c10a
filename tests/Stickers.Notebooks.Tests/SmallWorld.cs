using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.Backfilling;
using Stickers.Tagger.Training;

namespace Stickers.Notebooks.Tests;

/// <summary>A root with 240 drawn stickers, a model that was trained for two steps, and its embeddings: all that the notebooks look at, small.</summary>
public sealed class SmallWorld : IAsyncLifetime
{
    public const string Catalogue = "drawn", Model = "two-steps";

    private const int Stickers = 240, Side = 24;

    public string Root { get; } = Directory.CreateTempSubdirectory("stickers-notebooks-").FullName;

    public async ValueTask InitializeAsync()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var store = ObjectStore.Open(Root);
        await using (var writer = await CatalogueWriter.CreateAsync(store, Catalogue, ["drawn by a test"], cancellation))
        {
            for (var number = 0; number < Stickers; number++) await writer.AddAsync(Draw(number), cancellation);
            await writer.CommitAsync(cancellation);
        }

        await Trainer.RunAsync(store, new TrainingOptions { Catalogue = Catalogue, Version = Model, Steps = 2, MinimumSupport = 10, InputSide = 32, Widths = [16, 8, 8, 8] }, cancellation: cancellation);
        var job = await EmbedJob.OpenAsync(store, new EmbedOptions { Model = Model, Catalogue = Catalogue }, cancellation);
        await JobRunner.RunAsync(job, store, new RunOptions { Folder = job.Folder }, null, cancellation);
    }

    public ValueTask DisposeAsync()
    {
        Directory.Delete(Root, recursive: true);
        return ValueTask.CompletedTask;
    }

    /// <summary>A disc or a square in one of three colours; tagged with both, every sixth with neither.</summary>
    private static Sticker Draw(int number)
    {
        var (round, colour) = (number % 2 == 0, number / 2 % 3);
        var rgba = new byte[Side * Side * 4];
        var (centre, radius) = (Side / 2, 5 + (number % 6));
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (dx, dy) = (x - centre, y - centre);
                if (round ? (dx * dx) + (dy * dy) > radius * radius : Math.Max(Math.Abs(dx), Math.Abs(dy)) > radius) continue;
                rgba[(((y * Side) + x) * 4) + colour] = (byte)(150 + (number % 100));
                rgba[(((y * Side) + x) * 4) + 3] = 255;
            }
        }

        var key = $"drawn/{number}";
        return new Sticker
        {
            Id = StickerId.FromKey(key),
            Key = key,
            Pack = "drawn",
            Creator = $"creator {number / 2 % 8}",
            Tags = number % 6 == 5 ? [] : [round ? "disc" : "square", colour switch { 0 => "red", 1 => "green", _ => "blue" }],
            Concept = $"{round} {colour}",
            SplitCreator = (number / 2 % 8) switch { < 5 => "train", 5 => "val", _ => "test" },
            Image = ImageDecoder.EncodePng(new RasterImage(Side, Side, rgba)),
            ImagePath = $"{number}.png",
            Format = StickerFormat.Png,
            Width = Side,
            Height = Side,
        };
    }
}
