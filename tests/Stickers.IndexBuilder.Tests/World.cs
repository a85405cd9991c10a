using System.Collections.Concurrent;
using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.IndexBuilder.Tests;

/// <summary>A store with a catalogue of drawn stickers, and embeddings and suggestions as a model would have written them.</summary>
internal sealed class World : IDisposable
{
    public const string Catalogue = "drawn";
    public const string ModelHash = "aaaa";
    public const int VisualDimension = 24;
    public const int SemanticDimension = 16;

    private static readonly ConcurrentDictionary<int, Sticker> Drawn = [];

    private World(string root) => Store = new LocalStore(root);

    public LocalStore Store { get; }

    public IReadOnlyList<Sticker> Stickers { get; private set; } = [];

    public IReadOnlyList<StickerEmbedding> Embeddings { get; private set; } = [];

    public static IndexBuildOptions Options(EmbeddingSpace space = EmbeddingSpace.Visual, string model = "m1") => new() { Space = space, Model = model, Catalogue = Catalogue };

    /// <summary>The last sticker's image cannot be decoded, so it has no vector.</summary>
    public static async Task<World> CreateAsync(int stickers = 300)
    {
        var world = new World(Directory.CreateTempSubdirectory("stickers-build-").FullName);
        await world.WriteCatalogueAsync([.. Enumerable.Range(0, stickers).Select(Draw)]);
        await world.EmbedAsync("m1", seed: 1);
        return world;
    }

    /// <summary>Stickers that were there once and are not any more.</summary>
    public HashSet<StickerId> Gone { get; } = [];

    /// <summary>
    /// Writes the catalogue anew with the first <paramref name="keep"/> stickers and new ones until there are <paramref name="total"/>, and embeddings
    /// of model m1 in which the first <paramref name="changed"/> have another vector. Worlds that change alike are alike.
    /// </summary>
    public async Task ChangeAsync(int keep, int total, int changed)
    {
        var random = new Random(100 + ++_changes);
        var vectors = Embeddings.ToDictionary(e => e.Id);
        Gone.UnionWith(vectors.Keys);
        Directory.Delete(Store.PathOf($"catalogues/{Catalogue}"), recursive: true);
        await WriteCatalogueAsync([.. Stickers.Take(keep), .. Enumerable.Range(1000 * _changes, total - keep).Select(Draw)]);
        var rows = Stickers.SkipLast(1).Select((s, i) => i >= changed && vectors.TryGetValue(s.Id, out var known)
            ? known
            : new StickerEmbedding(s.Id, Vector(random, VisualDimension), Vector(random, SemanticDimension))).ToList();
        Gone.ExceptWith(rows.Select(e => e.Id));
        await WriteEmbeddingsAsync("m1", ModelHash, rows);
    }

    /// <summary>Gives stickers that follow each other the vector of the first of them.</summary>
    public Task CopyVectorsAsync(int first, int count) => WriteEmbeddingsAsync("m1", ModelHash, [.. Embeddings.Select((e, i) => i >= first && i < first + count ? Embeddings[first] with { Id = e.Id } : e)]);

    /// <summary>Gives stickers the drawings of others, in the colours that they have; the vectors stay.</summary>
    public async Task RedrawAsync(Func<int, int> drawing)
    {
        Directory.Delete(Store.PathOf($"catalogues/{Catalogue}"), recursive: true);
        await WriteCatalogueAsync([.. Stickers.Select((sticker, i) => sticker with { Image = Paint(drawing(i), colours: i) })]);
        await WriteEmbeddingsAsync("m1", ModelHash, [.. Embeddings]);
    }

    private int _changes;

    /// <summary>The last one's image is broken.</summary>
    private async Task WriteCatalogueAsync(List<Sticker> stickers)
    {
        Stickers = [.. stickers.SkipLast(1), stickers[^1] with { Image = new byte[] { 1, 2, 3 } }];
        await using var writer = await CatalogueWriter.CreateAsync(Store, Catalogue, ["drawn by the test"]);
        foreach (var sticker in Stickers)
            await writer.AddAsync(sticker);
        await writer.CommitAsync();
    }

    /// <summary>Writes the embeddings of a model; another seed gives other vectors.</summary>
    public async Task EmbedAsync(string model, int seed, string modelHash = ModelHash, Func<EmbeddingManifest, EmbeddingManifest>? change = null, CodeMap? codes = null)
    {
        var random = new Random(seed);
        var visual = Enumerable.Range(0, 20).Select(_ => Vector(random, VisualDimension)).ToArray();
        var semantic = Enumerable.Range(0, 20).Select(_ => Vector(random, SemanticDimension)).ToArray();
        await WriteEmbeddingsAsync(model, modelHash, [.. Stickers.SkipLast(1).Select((s, i) => new StickerEmbedding(s.Id, Near(visual[i % 20], random), Near(semantic[i / 15 % 20], random)))], change, codes);
    }

    private async Task WriteEmbeddingsAsync(string model, string modelHash, List<StickerEmbedding> rows, Func<EmbeddingManifest, EmbeddingManifest>? change = null, CodeMap? codes = null)
    {
        Embeddings = codes is null ? rows : [.. rows.Select(row => row with { Code = codes.Encode(row.Visual) })];
        var catalogue = await StickerCatalogue.OpenAsync(Store, Catalogue);
        var half = Embeddings.Count / 2;
        var files = new[]
        {
            await EmbeddingSet.WritePartAsync(Store, model, Catalogue, 0, [.. Embeddings.Take(half)], codes is not null),
            await EmbeddingSet.WritePartAsync(Store, model, Catalogue, 1, [.. Embeddings.Skip(half)], codes is not null),
        };
        var manifest = new EmbeddingManifest
        {
            FormatVersion = codes is null ? 1 : EmbeddingSet.FormatVersion,
            Code = codes is null ? null : await EmbeddingSet.WriteCodeMapAsync(Store, model, Catalogue, codes),
            Model = model,
            ModelHash = modelHash,
            Catalogue = Catalogue,
            CatalogueHash = catalogue.ContentHash,
            VisualDimension = VisualDimension,
            SemanticDimension = SemanticDimension,
            Read = Stickers.Count,
            Written = Embeddings.Count,
            Quarantined = 1,
            Files = files,
        };
        await Store.WriteJsonAsync($"embeddings/{model}/{Catalogue}/embeddings.json", change is null ? manifest : change(manifest));
    }

    /// <summary>Suggestions for the stickers that have no tags: one accepted, one to review.</summary>
    public async Task SuggestAsync(string model, string modelHash = ModelHash, bool shuffled = false)
    {
        var rows = Stickers.Where(s => s.Tags.Count == 0)
            .SelectMany(s => new[] { new Suggestion(s.Id, "robot", 0.9f, SuggestionDecision.Accept), new Suggestion(s.Id, "maybe", 0.3f, SuggestionDecision.Review) }).ToList();
        if (shuffled)
            rows.Reverse();
        var catalogue = await StickerCatalogue.OpenAsync(Store, Catalogue);
        var file = await SuggestionSet.WritePartAsync(Store, model, Catalogue, 0, rows);
        await Store.WriteJsonAsync($"suggestions/{model}/{Catalogue}/suggestions.json", new SuggestionManifest
        {
            FormatVersion = 1,
            Model = model,
            ModelHash = modelHash,
            Catalogue = Catalogue,
            CatalogueHash = catalogue.ContentHash,
            Read = rows.Count / 2,
            Tagged = rows.Count / 2,
            WithoutSuggestion = 0,
            Quarantined = 0,
            Rows = rows.Count,
            Files = [file],
        });
    }

    public Task<IndexSummary> BuildAsync(IndexBuildOptions? options = null) => IndexBuild.RunAsync(Store, options ?? Options(), cancellation: TestContext.Current.CancellationToken);

    /// <summary>Every file of a version, manifest included.</summary>
    public Dictionary<string, byte[]> Bytes(string version, string space = "visual") =>
        Directory.GetFiles(Store.PathOf($"indexes/{space}/{version}")).ToDictionary(f => Path.GetFileName(f), File.ReadAllBytes);

    /// <summary>Files that builds write by path and must not leave behind; locks stay.</summary>
    public string[] Remains() =>
        [.. Directory.GetFileSystemEntries(Store.Root, ".tmp-*", SearchOption.AllDirectories).Where(f => !f.EndsWith(".lock", StringComparison.Ordinal))];

    public void Dispose() => Directory.Delete(Store.Root, recursive: true);

    private static Sticker Draw(int i) => Drawn.GetOrAdd(i, Make);

    private static Sticker Make(int i)
    {
        var key = $"{Catalogue}/{i:000}";
        return new Sticker
        {
            Id = StickerId.FromKey(key),
            Key = key,
            Pack = Catalogue,
            Creator = $"creator {i % 7}",
            Title = i % 3 == 0 ? $"Sticker number {i}" : null,
            Tags = i % 4 == 0 ? [] : ["Cat_Face", i % 2 == 0 ? "HAPPY" : "sad"],
            Image = Paint(i, colours: i),
            ImagePath = $"{i}.png",
            Format = StickerFormat.Png,
            Width = 240,
            Height = 100,
        };
    }

    /// <summary>24 squares, so that no two drawings are one in other colours.</summary>
    private static byte[] Paint(int drawing, int colours)
    {
        var pixels = new byte[240 * 100 * 4];
        var squares = (uint)(drawing + 1) * 2654435761u;
        for (var p = 0; p < pixels.Length; p += 4)
        {
            var (y, x) = Math.DivRem(p / 4, 240);
            var drawn = (squares >> ((y / 25 * 6) + (x / 40)) & 1) == 1;
            (pixels[p], pixels[p + 1], pixels[p + 2], pixels[p + 3]) = ((byte)(colours * 7), (byte)(drawn ? 230 : 20), (byte)colours, 255);
        }

        return ImageDecoder.EncodePng(new RasterImage(240, 100, pixels));
    }

    private static float[] Near(float[] centre, Random random) => Unit([.. centre.Zip(Vector(random, centre.Length), (c, v) => c + (0.5f * v))]);

    private static float[] Vector(Random random, int d) => Unit([.. Enumerable.Range(0, d).Select(_ => (random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f))]);

    private static float[] Unit(float[] v)
    {
        var norm = MathF.Sqrt(v.Sum(x => x * x));
        return [.. v.Select(x => x / norm)];
    }
}
