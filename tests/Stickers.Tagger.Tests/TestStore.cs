using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Storage;
using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests;

/// <summary>A store in a folder of its own, with drawn stickers and an untrained model: small, but all of it real files.</summary>
internal sealed class TestStore : IDisposable
{
    public const string Catalogue = "drawn";
    public const string Model = "untrained";

    /// <summary>Each tag's calibration is shifted by so much more than the one before.</summary>
    public const double TagShift = 0.1;

    public static readonly string[] Vocabulary = ["disc", "green", "red", "square"];

    public TestStore() => Store = new LocalStore(Directory.CreateTempSubdirectory("stickers-tagger-").FullName);

    public LocalStore Store { get; }

    /// <summary>A copy that other tests do not see.</summary>
    public TestStore Copy()
    {
        var copy = new TestStore();
        foreach (var file in Directory.EnumerateFiles(Store.Root, "*", SearchOption.AllDirectories))
        {
            var target = Path.Combine(copy.Store.Root, Path.GetRelativePath(Store.Root, file));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(file, target);
        }
        return copy;
    }

    /// <summary>Writes stickers under <see cref="Catalogue"/>.</summary>
    public async Task<CatalogueManifest> AddCatalogueAsync(IEnumerable<Sticker> stickers, CancellationToken cancellation)
    {
        await using var writer = await CatalogueWriter.CreateAsync(Store, Catalogue, ["drawn by a test"], cancellation);
        foreach (var sticker in stickers)
            await writer.AddAsync(sticker, cancellation);
        return await writer.CommitAsync(cancellation);
    }

    /// <summary>Writes an untrained network under <see cref="Model"/>; a prototype stands for the last two tags.</summary>
    public async Task AddModelAsync(CancellationToken cancellation, float accept = 0.5f, string catalogueHash = "none", int formatVersion = ModelFiles.FormatVersion, float? review = null, float[]? prototype = null, float[]? ranges = null)
    {
        var configuration = new NetworkConfiguration { InputSide = 32, Widths = [8, 8, 8, 8], Tags = Vocabulary.Length, Meanings = Vocabulary.Length, VisualDimension = 16, SemanticDimension = 12, CodeBits = formatVersion < 3 ? 0 : 20 };
        if (prototype is not null) configuration = configuration with { Prototypes = 1, PrototypeTags = 2 };
        TorchSharp.torch.manual_seed(1);
        using var net = new StickerNet(configuration);
        if (ranges is not null) net.Ranges = new ActivationRanges(ranges, configuration, "a test");
        if (prototype is not null) net.SetPrototypes(TorchSharp.torch.tensor(prototype).unsqueeze(0), [(0, 2), (0, 3)]);
        await ModelFiles.WriteAsync(
            Store,
            net,
            new VocabularyFile(ModelFiles.FormatVersion, [.. Vocabulary.Select(tag => new VocabularyTag(tag, 20))]),
            new ThresholdsFile(formatVersion, PlattScaling.Identity, [.. Vocabulary.Select(_ => accept)], review ?? accept * 0.9f)
            {
                // Format 1 had one calibration for all tags.
                Tags = formatVersion == 1 ? null : [.. Vocabulary.Select((_, tag) => new PlattScaling(1, tag * TagShift))],
            },
            new ModelManifest
            {
                FormatVersion = formatVersion,
                Version = Model,
                Network = configuration,
                Catalogue = Catalogue,
                CatalogueHash = catalogueHash,
                SplitBy = SplitBy.Creator,
                Seed = 1,
                Steps = 0,
                BatchSize = 32,
                TrainingSeconds = 0,
                TrainingStickers = 0,
                ValidationStickers = 0,
                Files = [],
            },
            cancellation);
    }

    /// <summary>A sticker of one colour and shape, tagged by whoever calls.</summary>
    public static Sticker Draw(int number, string creator = "someone", string pack = "pack", string[]? tags = null, string? concept = null)
    {
        const int Side = 24;
        var rgba = new byte[Side * Side * 4];
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                int dx = x - Side / 2, dy = y - Side / 2, radius = 4 + number % 7;
                if (number % 2 == 0 ? dx * dx + dy * dy > radius * radius : Math.Max(Math.Abs(dx), Math.Abs(dy)) > radius)
                    continue;
                new[] { (byte)(number * 37), (byte)(number * 101), (byte)(number * 17), (byte)255 }.CopyTo(rgba, (y * Side + x) * 4);
            }
        }
        var key = $"{pack}/{number}";
        return new Sticker
        {
            Id = StickerId.FromKey(key),
            Key = key,
            Pack = pack,
            Creator = creator,
            Tags = tags ?? [],
            Concept = concept,
            Image = ImageDecoder.EncodePng(new RasterImage(Side, Side, rgba)),
            ImagePath = $"{number}.png",
            Format = StickerFormat.Png,
            Width = Side,
            Height = Side,
        };
    }

    /// <summary>Names of the shards that a job's ledger has, in order.</summary>
    public string[] FinishedShards(string folder)
    {
        var ledger = Store.PathOf($"{folder}/.ledger");
        return Directory.Exists(ledger) ? [.. Directory.EnumerateFiles(ledger, "shard-*").Select(file => Path.GetFileNameWithoutExtension(file)).Order(StringComparer.Ordinal)] : [];
    }

    /// <summary>Runs a job and cancels it when so many shards are in its ledger.</summary>
    public async Task StopAfterAsync(string folder, int shards, Func<CancellationToken, Task> job)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var running = job(stop.Token);
        while (!running.IsCompleted && FinishedShards(folder).Length < shards) await Task.Delay(1, TestContext.Current.CancellationToken);
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    /// <summary>Hashes of all files below a folder, by path.</summary>
    public SortedDictionary<string, string> Hashes(string folder)
    {
        var root = Store.PathOf(folder);
        return new(Directory.EnumerateFiles(root, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(root, path), path => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(path)))), StringComparer.Ordinal);
    }

    public void Dispose() => Directory.Delete(Store.Root, recursive: true);
}
