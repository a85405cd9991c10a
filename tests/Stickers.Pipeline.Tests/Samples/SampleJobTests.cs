using System.Text;
using Stickers.Catalogue.Images;
using Stickers.Catalogue.Import;
using Stickers.Pipeline.Running;
using Stickers.Pipeline.Sources;
using Stickers.Samples;

namespace Stickers.Pipeline.Tests.Samples;

public sealed class SampleJobTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task WordCount_OfSomeTexts_CountsEveryWord()
    {
        await _temporary.Store.WriteAsync("texts/a.txt", Encoding.UTF8.GetBytes("Good night, good cat!\r\nThank you.\n"), Token);
        await _temporary.Store.WriteAsync("texts/b.txt", Encoding.UTF8.GetBytes("\nA cat; good"), Token);
        var report = await JobRunner.RunAsync(new WordCount(), _temporary.Store, new RunOptions { Folder = "counts" }, cancellation: Token);

        Assert.Equal((4, 4), (report.Result.Read, report.Result.Written));
        Assert.Equal("a\t1\ncat\t2\ngood\t3\nnight\t1\nthank\t1\nyou\t1\n", await File.ReadAllTextAsync(_temporary.Store.PathOf("counts/counts.txt"), Token));
    }

    [Fact]
    public async Task StickerColours_OfACatalogue_GivesEverySticker()
    {
        var folder = Directory.CreateDirectory(_temporary.Store.PathOf("pictures")).FullName;
        for (var i = 0; i < 20; i++)
        {
            var pixels = Enumerable.Range(0, 16 * 16).SelectMany(_ => (byte[])[(byte)(i * 10), 20, 30, 255]).ToArray();
            await File.WriteAllBytesAsync(Path.Combine(folder, $"{i:00}.png"), ImageDecoder.EncodePng(new RasterImage(16, 16, pixels)), Token);
        }

        await CatalogueImport.RunAsync(_temporary.Store, new CatalogueImportOptions { Name = "demo", Sources = [folder] }, cancellation: Token);
        await JobRunner.RunAsync(new StickerColours(), _temporary.Store, new RunOptions { Folder = "colours", Preprocess = 2 }, cancellation: Token);

        var expected = Enumerable.Range(0, 20).Select(i => $$"""{"key":"pictures/{{i:00}}.png","mean":"#{{i * 10:x2}}141e"}""");
        Assert.Equal(expected, await File.ReadAllLinesAsync(_temporary.Store.PathOf("colours/part-00000.jsonl"), Token));
    }

    [Fact]
    public async Task TextLineSource_CutAnywhere_GivesEveryLineOnce()
    {
        string[] lines = ["", "a", "bb", "", "ccc ねこ", "d", new string('e', 300), "f"];
        foreach (var end in (string[])["\n", ""])
        {
            var text = Encoding.UTF8.GetBytes(string.Join('\n', lines) + end);
            await _temporary.Store.WriteAsync("cut/text", text, Token);
            for (long size = 1; size < text.Length + 2; size++)
            {
                var source = new TextLineSource("cut/", size);
                var found = new List<string>();
                await foreach (var shard in source.ListAsync(_temporary.Store, Token))
                {
                    var context = new ShardContext(new StageContext { Store = _temporary.Store, Cancellation = Token }, new ShardRun(0, 0, shard, _ => false));
                    found.AddRange(await source.ReadAsync(context).ToListAsync(Token));
                }

                Assert.Equal(lines, found);
            }
        }
    }

    /// <summary>What the documentation shows is what was compiled and has run.</summary>
    [Fact]
    public void Documentation_ShowsTheSamplesAsTheyAre()
    {
        var root = RootFolder();
        var page = File.ReadAllText(Path.Combine(root, "docs/pipeline.md")).ReplaceLineEndings("\n");
        foreach (var sample in Directory.EnumerateFiles(Path.Combine(root, "samples"), "*.cs"))
        {
            var code = File.ReadAllText(sample).ReplaceLineEndings("\n").Trim();
            Assert.True(page.Contains($"```csharp\n{code}\n```", StringComparison.Ordinal), $"docs/pipeline.md does not show samples/{Path.GetFileName(sample)} as it is.");
        }
    }

    private static string RootFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Stickers.sln"))) return folder.FullName;
        throw new DirectoryNotFoundException($"Stickers.sln lies in no parent folder of {AppContext.BaseDirectory}.");
    }
}
