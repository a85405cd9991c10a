using Stickers.Catalogue;
using Stickers.SimilaritySearch;

namespace Stickers.IndexBuilder.Tests;

/// <summary>Which binary codes an index of three levels has.</summary>
public sealed class CodedBuildTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Build_OtherSpaceNeedsMoreThanIsAllowed_IsBuiltAllTheSame()
    {
        using var world = await World.CreateAsync(20);
        var built = await IndexBuild.RunAsync(
            world.Store, World.Options(), of => of.Dimension == World.VisualDimension ? IndexPlanner.Plan(of) : throw new InvalidOperationException("Give the index more memory."), null, Stop);
        Assert.True(built.Published);
    }

    [Fact]
    public async Task Build_EmbeddingsWithCodes_UsesThoseOfTheVisualSpace()
    {
        using var world = await World.CreateAsync(120);
        var random = new Random(9);
        var map = new CodeMap([.. Enumerable.Range(0, 40 * World.VisualDimension).Select(_ => random.NextSingle() - 0.5f)], new float[40]);
        await world.EmbedAsync("m1", seed: 1, codes: map);

        var learned = await BuildAsync(World.Options());
        var fitted = await BuildAsync(World.Options() with { LearnedCodes = false });
        var semantic = await BuildAsync(World.Options(EmbeddingSpace.Semantic));
        Assert.Equal(["learned, 40 bits", "fitted, 24 bits", "fitted, 16 bits"], new[] { learned, fitted, semantic }.Select(manifest => manifest.Codes));
        Assert.NotEqual(learned.Version, fitted.Version);
        Assert.All([learned, fitted, semantic], manifest => Assert.Equal(1, manifest.RecallAt10)); // of so few all are candidates

        // Other codes of the same vectors are another index.
        await world.EmbedAsync("m1", seed: 1, codes: new CodeMap(map.Weights.ToArray(), [.. Enumerable.Repeat(0.01f, 40)]));
        Assert.NotEqual(learned.Version, (await BuildAsync(World.Options())).Version);

        async Task<SnapshotManifest> BuildAsync(IndexBuildOptions options)
        {
            var built = await IndexBuild.RunAsync(world.Store, options, of => new IndexPlan("Coded4", "test", (int)of.Count, [4]), null, Stop);
            return (await SnapshotKeys.ReadManifestAsync(world.Store, options.Space, built.Version, Stop))!;
        }
    }
}
