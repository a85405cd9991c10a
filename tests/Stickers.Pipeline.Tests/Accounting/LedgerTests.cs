using Stickers.Pipeline.Tests.Jobs;

namespace Stickers.Pipeline.Tests.Accounting;

public sealed class LedgerTests : IDisposable
{
    private readonly TemporaryStore _temporary = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _temporary.Dispose();

    [Fact]
    public async Task Entry_OfFormat1_HasTheseBytes()
    {
        await JobRunner.RunAsync(new NumberJob { Shards = 1, PerShard = 4, Bad = number => number == 2 }, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);

        Assert.Equal(
            """
            {
              "formatVersion": 1,
              "inputs": {
                "job": "number-job",
                "shards": "…",
                "source": "",
                "version": "1"
              },
              "shards": 1
            }

            """.ReplaceLineEndings("\n"),
            await ReadAsync("out/.ledger/job.json", "shards"));
        Assert.Equal(
            """
            {
              "formatVersion": 1,
              "inputs": "…",
              "index": 0,
              "shard": "numbers-0",
              "read": 4,
              "written": 3,
              "quarantined": [
                {
                  "key": "number 2",
                  "stage": "preprocess",
                  "errorClass": "Even",
                  "reason": "It was said to be bad."
                }
              ],
              "tallies": {
                "even": 2,
                "odd": 1
              },
              "file": {
                "path": "part-00000.txt",
                "bytes": 52,
                "sha256": "…"
              }
            }

            """.ReplaceLineEndings("\n"),
            await ReadAsync("out/.ledger/shard-00000.json", "inputs", "sha256"));
    }

    [Fact]
    public async Task Run_WithAnOutputThatSomeoneDeleted_MakesItAgain()
    {
        await JobRunner.RunAsync(new NumberJob(), _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        var before = _temporary.Read("out/");
        await _temporary.Store.DeleteAsync("out/part-00004.txt", Token);

        var report = await JobRunner.RunAsync(new NumberJob(), _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        Assert.Equal(1, report.ShardsDone);
        Assert.Equal(before, _temporary.Read("out/"));
    }

    [Fact]
    public async Task Run_WithAnEntryOfAnUnknownVersion_IsRefused()
    {
        await JobRunner.RunAsync(new NumberJob { Shards = 1 }, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token);
        var path = _temporary.Store.PathOf("out/.ledger/job.json");
        await File.WriteAllTextAsync(path, (await File.ReadAllTextAsync(path, Token)).Replace("\"formatVersion\": 1", "\"formatVersion\": 2", StringComparison.Ordinal), Token);
        var failure = await Assert.ThrowsAsync<InvalidDataException>(() => JobRunner.RunAsync(new NumberJob { Shards = 1 }, _temporary.Store, new RunOptions { Folder = "out" }, cancellation: Token));
        Assert.Contains("format version 2, expected 1", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stages_AreFrozen() => Assert.Equal(
        ["Main=2", "Postprocess=3", "Preprocess=1", "Sink=4", "Source=0"],
        Enum.GetValues<StageKind>().Select(stage => $"{stage}={(int)stage}").Order(StringComparer.Ordinal));

    /// <summary>A file with the values of some fields, which are hashes, left out.</summary>
    private async Task<string> ReadAsync(string key, params string[] hashes)
    {
        var text = await File.ReadAllTextAsync(_temporary.Store.PathOf(key), Token);
        foreach (var name in hashes) text = System.Text.RegularExpressions.Regex.Replace(text, $"\"{name}\": \"[0-9a-f]{{64}}\"", $"\"{name}\": \"…\"");
        return text;
    }
}
