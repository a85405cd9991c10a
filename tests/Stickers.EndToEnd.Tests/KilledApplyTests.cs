using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Stickers.Cli.Tests;

namespace Stickers.EndToEnd.Tests;

/// <summary>The real <c>backfill apply</c>, killed at seeded moments: what stands is always whole, and the old set or the planned one.</summary>
public sealed class KilledApplyTests : IDisposable
{
    private const int Kills = 4;
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Apply_KilledAndRunAgain_LosesAndMixesNothing()
    {
        var drawings = Path.Combine(_folder.Path, "drawings");
        DrawnStickers.Write(drawings, perCreator: 20);
        var root = Path.Combine(_folder.Path, "root");
        var commands = new CommandRunner(root);
        await commands.JsonAsync("import", "--name", "drawn", drawings);
        await commands.JsonAsync("train", "--catalogue", "drawn", "--model", "m", "--views", "6400", "--min-support", "5", "--preset", "small");
        await commands.JsonAsync("backfill", "--catalogue", "drawn");
        var standing = Path.Combine(root, "suggestions", "m", "drawn");
        var old = Hash(standing);
        // Another vocabulary is another set of suggestions.
        await File.WriteAllTextAsync(Path.Combine(root, "vocabulary.yaml"), "extends: shipped\naliases: {circle: disc, square: box, red: crimson, green: emerald, blue: azure}\n", TestContext.Current.CancellationToken);
        var plan = (await commands.JsonAsync("backfill", "plan", "--catalogue", "drawn")).GetProperty("id").GetString()!;
        await commands.JsonAsync("backfill", "apply", plan, "--catalogue", "drawn");
        var planned = Hash(standing);
        await commands.JsonAsync("backfill", "rollback", plan, "--catalogue", "drawn");
        Assert.NotEqual(old, planned);
        Assert.Equal(old, Hash(standing));

        var random = new Random(6);
        for (var i = 0; i < Kills; i++)
        {
            using (var run = commands.Start("backfill", "apply", plan, "--catalogue", "drawn"))
            {
                await Task.Delay(TimeSpan.FromSeconds(random.NextDouble()), TestContext.Current.CancellationToken);
                if (!run.HasExited) run.Send("KILL");
                await run.WaitAsync();
            }

            Assert.Contains(Hash(standing), new[] { old, planned });
            await commands.JsonAsync("backfill", "apply", plan, "--catalogue", "drawn");
            Assert.Equal(planned, Hash(standing));
            await commands.JsonAsync("backfill", "rollback", plan, "--catalogue", "drawn");
            Assert.Equal(old, Hash(standing));
        }

        await commands.JsonAsync("backfill", "apply", plan, "--catalogue", "drawn");
        var refused = await commands.RunAsync(1, "backfill", "--catalogue", "drawn");
        Assert.Contains(plan, refused.Error, StringComparison.Ordinal);
        Assert.Equal(planned, Hash(standing));
    }

    /// <summary>Hash of what stands, after each of its files was held against the manifest.</summary>
    private static string Hash(string folder)
    {
        using var manifest = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "suggestions.json")));
        var all = new StringBuilder();
        foreach (var file in manifest.RootElement.GetProperty("files").EnumerateArray())
        {
            var hash = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(Path.Combine(folder, file.GetProperty("path").GetString()!))));
            Assert.Equal(file.GetProperty("sha256").GetString(), hash);
            all.Append(hash);
        }

        return all.ToString();
    }
}
