using Stickers.Pipeline;
using Stickers.Pipeline.Sinks;
using Stickers.Pipeline.Sources;

namespace Stickers.Samples;

/// <summary>How often each word occurs in text files.</summary>
public sealed class WordCount : Job<string, string[], KeyValuePair<string, long>, string>
{
    /// <summary>Start of the text files' keys.</summary>
    public string Input { get; set; } = "texts/";

    public override Source<string> Source => new TextLineSource(Input);

    public override Sink<string> Sink => new TextLineSink();

    // Main gives words where it took lines.
    public override bool Reshapes(StageKind stage) => stage == StageKind.Main;

    public override IAsyncEnumerable<string[]> Preprocess(IAsyncEnumerable<string> lines, ShardContext context) =>
        lines.Select(line => line.ToLowerInvariant().Split([' ', '\t', '.', ',', ';', ':', '!', '?', '"'], StringSplitOptions.RemoveEmptyEntries));

    public override async IAsyncEnumerable<KeyValuePair<string, long>> Main(IAsyncEnumerable<string[]> lines, ShardContext context)
    {
        var counts = new SortedDictionary<string, long>(StringComparer.Ordinal);
        await foreach (var words in lines)
        {
            foreach (var word in words) counts[word] = counts.GetValueOrDefault(word) + 1;
        }

        foreach (var count in counts) yield return count;
    }

    public override IAsyncEnumerable<string> Postprocess(IAsyncEnumerable<KeyValuePair<string, long>> counts, ShardContext context) =>
        counts.Select(count => $"{count.Key}\t{count.Value}");

    // Each shard has counted for itself; here they are added up.
    public override async Task<object> FinishAsync(JobResult result, CancellationToken cancellation)
    {
        var totals = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach (var file in result.Files)
        {
            using var lines = new StreamReader(await result.OpenAsync(file, cancellation));
            while (await lines.ReadLineAsync(cancellation) is { } line)
            {
                var count = line.Split('\t');
                totals[count[0]] = totals.GetValueOrDefault(count[0]) + long.Parse(count[1]);
            }
        }

        await using var output = await result.CreateAsync("counts.txt", cancellation);
        await using (var text = new StreamWriter(output.Stream, leaveOpen: true))
        {
            foreach (var (word, count) in totals) await text.WriteAsync($"{word}\t{count}\n");
        }

        return new { lines = result.Read, words = totals.Count, file = await output.CommitAsync(cancellation) };
    }
}
