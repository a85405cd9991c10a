using System.Text.Json;
using Stickers.IndexBuilder.Duplicates;

namespace Stickers.IndexBuilder.Tests;

public sealed class DuplicateTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Search_Clusters_AreTheGroupsOfComparingAllPairs()
    {
        using var world = await World.CreateAsync(300);
        await world.BuildAsync();
        var found = await DuplicateSearch.RunAsync(world.Store, new DuplicateOptions { Threshold = 0.85f }, null, Stop);
        var near = world.Embeddings.SelectMany(
            (a, i) => world.Embeddings.Skip(i + 1).Where(b => a.Visual.Zip(b.Visual, (x, y) => (double)x * y).Sum() >= 0.85).Select(b => (a.Id, b.Id))).ToHashSet();
        Assert.True(near.Count > 50, $"{near.Count} pairs");
        Assert.Equal((near.Count, 299), (found.Pairs, found.Stickers));

        var lines = (await File.ReadAllLinesAsync(world.Store.PathOf($"duplicates/{found.Index}/groups.jsonl"), Stop)).Select(line => JsonSerializer.Deserialize<DuplicateLine>(line, JsonSerializerOptions.Web)!).ToList();
        Assert.Equal(found.Groups, lines.Count);
        Assert.Equal(lines.OrderByDescending(line => line.Size).Select(line => line.Size), lines.Select(line => line.Size));
        var members = lines.SelectMany(line => line.Members.Select(member => member.Id)).ToList();
        Assert.Equal(members.Count, members.Distinct().Count()); // nobody is in two groups
        var both = near.SelectMany(pair => new[] { (pair.Item1.ToString(), pair.Item2.ToString()), (pair.Item2.ToString(), pair.Item1.ToString()) }).ToHashSet();
        Assert.All(lines, line => Assert.All(line.Members.Skip(1), member => Assert.Contains((line.Members[0].Id, member.Id), both)));
        // What is left over has no look-alike that is left over as well.
        var grouped = members.ToHashSet();
        Assert.DoesNotContain(near, pair => !grouped.Contains(pair.Item1.ToString()) && !grouped.Contains(pair.Item2.ToString()));

        var page = await File.ReadAllTextAsync(world.Store.PathOf($"duplicates/{found.Index}/page-00000.html"), Stop);
        Assert.Contains("data:image/png;base64,", page, StringComparison.Ordinal);
        Assert.DoesNotContain("http", page, StringComparison.Ordinal);
        Assert.Contains(lines[0].Members[0].Key, page, StringComparison.Ordinal);

        // Again, and with a higher threshold: fewer groups, no page of the earlier run left.
        Assert.Equal(JsonSerializer.Serialize(found), JsonSerializer.Serialize(await DuplicateSearch.RunAsync(world.Store, new DuplicateOptions { Threshold = 0.85f }, null, Stop)));
        var none = await DuplicateSearch.RunAsync(world.Store, new DuplicateOptions { Threshold = 1 }, null, Stop);
        Assert.Equal((0, 0), (none.Groups, none.Members));
        Assert.Equal(["duplicates.json", "groups.jsonl"], Directory.GetFiles(world.Store.PathOf($"duplicates/{none.Index}")).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Search_ManyCopies_AreOneGroup()
    {
        using var world = await World.CreateAsync(200);
        await world.CopyVectorsAsync(first: 10, count: 150);
        await world.BuildAsync();
        var found = await DuplicateSearch.RunAsync(world.Store, new DuplicateOptions { Threshold = 0.999f }, null, Stop);
        Assert.Equal((1, 150, 150L * 149 / 2, 1), (found.Groups, found.Members, found.Pairs, found.AcrossCreators));
    }

    [Fact]
    public async Task Measure_KnownGroups_CountsThem()
    {
        using var world = await World.CreateAsync(50);
        await world.BuildAsync();
        var points = await DuplicateMeasure.RunAsync(world.Store, null, null, Stop);
        Assert.Equal(points.OrderBy(point => point.Threshold), points);
        Assert.All(points, point => Assert.InRange(point.Precision, 0, 1));
        Assert.True(points[0].Pairs >= points[^1].Pairs);
    }
}
