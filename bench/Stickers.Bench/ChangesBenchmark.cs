using System.Diagnostics;
using System.Globalization;
using Stickers.Catalogue;
using Stickers.IndexBuilder;
using Stickers.SimilaritySearch;
using Stickers.Storage;

namespace Stickers.Bench;

/// <summary>Very many adds, changes and deletes in random order, taken up by one update after the other; each must answer as an index built whole.</summary>
internal static class ChangesBenchmark
{
    private const int D = 32, Stickers = 60_000, Queries = 200, K = 10;
    private const string Name = "changing", Model = "made-up";

    /// <param name="operations">Adds, changes and deletes in all.</param>
    /// <param name="rounds">Updates that take them up.</param>
    /// <param name="folder">Where the catalogue and the indexes go.</param>
    public static async Task<int> RunAsync(string operations, string rounds, string folder)
    {
        var (all, updates) = (int.Parse(operations, CultureInfo.InvariantCulture), int.Parse(rounds, CultureInfo.InvariantCulture));
        var (random, clock) = (new Random(11), Stopwatch.StartNew());
        var store = new LocalStore(Path.Combine(folder, "updated"));
        var alive = Enumerable.Range(0, Stickers).ToDictionary(number => number, _ => 0);
        var (numbers, next, done) = (alive.Keys.ToList(), Stickers, (Adds: 0, Changes: 0, Deletes: 0));
        await WriteAsync(store, alive);
        await IndexBuild.RunAsync(store, Options);
        var (different, compactions) = (0, 0);
        for (var round = 1; round <= updates; round++)
        {
            for (var operation = 0; operation < all / updates; operation++)
            {
                var at = random.Next(numbers.Count);
                switch (random.Next(3))
                {
                    case 0:
                        numbers.Add(next);
                        alive.Add(next++, 0);
                        done.Adds++;
                        break;
                    case 1:
                        alive[numbers[at]]++;
                        done.Changes++;
                        break;
                    default:
                        alive.Remove(numbers[at]);
                        (numbers[at], numbers[^1]) = (numbers[^1], numbers[at]);
                        numbers.RemoveAt(numbers.Count - 1);
                        done.Deletes++;
                        break;
                }
            }

            await WriteAsync(store, alive);
            var updated = await IndexUpdate.RunAsync(store, new IndexUpdateOptions { Build = Options, CompactAt = 0.9 });
            compactions += updated.Base is null ? 1 : 0;
            different += await CompareAsync(store, Path.Combine(folder, "whole"), alive, round);
            await IndexPrune.RunAsync(store, new IndexPruneOptions { Space = EmbeddingSpace.Visual, Keep = 0 });
            Console.WriteLine($"{clock.Elapsed.TotalSeconds,6:F0} s  round {round}: {updated.Count:N0} stickers, base {updated.Base ?? "none"} - {updated.Deleted:N0} + {updated.Added:N0}; {different} different answers so far");
        }

        Console.WriteLine($"{done.Adds:N0} adds, {done.Changes:N0} changes, {done.Deletes:N0} deletes in {updates} updates, {compactions} of them compactions: {different} of {updates * Queries:N0} answers differ from those of an index built whole");
        return different == 0 ? 0 : 1;
    }

    private static IndexBuildOptions Options => new() { Space = EmbeddingSpace.Visual, Model = Model, Catalogue = Name };

    /// <summary>Builds whole what was updated, and asks both.</summary>
    private static async Task<int> CompareAsync(LocalStore store, string folder, Dictionary<int, int> alive, int round)
    {
        var whole = new LocalStore(folder);
        await WriteAsync(whole, alive);
        await IndexBuild.RunAsync(whole, Options);
        using var a = await Snapshot.OpenCurrentAsync(store, EmbeddingSpace.Visual);
        using var b = await Snapshot.OpenCurrentAsync(whole, EmbeddingSpace.Visual);
        var random = new Random(round);
        var different = a.Manifest.Count == alive.Count && b.Manifest.Count == alive.Count && a.Stickers.Count == alive.Count ? 0 : 1;
        for (var query = 0; query < Queries; query++)
        {
            // Half of the queries are stickers' own vectors.
            var vector = query % 2 == 0 ? VectorOf(random.Next(Stickers), random.Next(3)) : VectorOf(-1 - query, round);
            different += a.Search(vector, K).SequenceEqual(b.Search(vector, K)) ? 0 : 1;
        }

        Directory.Delete(Path.Combine(folder, "indexes"), recursive: true);
        return different;
    }

    /// <summary>Stickers whose image is broken, which costs an index nothing, with vectors as a model would have made them.</summary>
    private static async Task WriteAsync(LocalStore store, Dictionary<int, int> alive)
    {
        var folder = Path.Combine(store.Root, "catalogues", Name);
        if (Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
        var rows = new List<StickerEmbedding>();
        await using (var writer = await CatalogueWriter.CreateAsync(store, Name, ["made up"]))
        {
            foreach (var (number, version) in alive.OrderBy(sticker => sticker.Key))
            {
                var key = $"{Name}/{number}";
                await writer.AddAsync(new Sticker { Id = StickerId.FromKey(key), Key = key, Pack = Name, Creator = "nobody", Image = new byte[] { 1 }, ImagePath = $"{number}.png", Format = Catalogue.Images.StickerFormat.Png, Width = 1, Height = 1 });
                rows.Add(new StickerEmbedding(StickerId.FromKey(key), VectorOf(number, version), [1f]));
            }

            await writer.CommitAsync();
        }

        var parts = new List<CommittedFile>();
        foreach (var part in rows.Chunk(16_384)) parts.Add(await EmbeddingSet.WritePartAsync(store, Model, Name, parts.Count, part));
        await store.WriteJsonAsync($"embeddings/{Model}/{Name}/embeddings.json", new EmbeddingManifest
        {
            FormatVersion = 1,
            Model = Model,
            ModelHash = Model,
            Catalogue = Name,
            CatalogueHash = (await StickerCatalogue.OpenAsync(store, Name)).ContentHash,
            VisualDimension = D,
            SemanticDimension = 1,
            Read = rows.Count,
            Written = rows.Count,
            Quarantined = 0,
            Files = parts,
        });
    }

    private static float[] VectorOf(int number, int version)
    {
        var random = new Random(HashCode(number, version));
        var vector = new float[D];
        foreach (ref var value in vector.AsSpan()) value = random.NextSingle() + random.NextSingle() + random.NextSingle() - 1.5f;
        var norm = MathF.Sqrt(vector.Sum(value => value * value));
        foreach (ref var value in vector.AsSpan()) value /= norm;
        return vector;
    }

    private static int HashCode(int number, int version) => unchecked((number * 486_187_739) + (version * 16_777_619));
}
