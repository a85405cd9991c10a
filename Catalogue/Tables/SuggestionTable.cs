using System.IO.Compression;
using Parquet;
using Parquet.Schema;

namespace Stickers.Catalogue.Tables;

/// <summary>Columns of a suggestion set's parts: id, tag, score, decision.</summary>
internal sealed class SuggestionTable : IParquetTable<Suggestion>
{
    private static readonly ParquetSchema SuggestionSchema = new(
        new DataField<long>("id"),
        new DataField("tag", typeof(string), false),
        new DataField<float>("score"),
        new DataField("decision", typeof(string), false));

    private static readonly DataField[] Fields = SuggestionSchema.DataFields;

    public ParquetSchema Schema => SuggestionSchema;

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public async Task WriteAsync(ParquetRowGroupWriter group, ParquetOptions options, IReadOnlyList<Suggestion> rows, CancellationToken cancellation)
    {
        // Ids and scores shrink little however long one tries, and tags much at once.
        options.CompressionLevel = CompressionLevel.Fastest;
        await group.WriteAsync<long>(Fields[0], rows.Select(row => row.Id.Value).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[1], rows.Select(row => row.Tag), cancellation).ConfigureAwait(false);
        await group.WriteAsync<float>(Fields[2], rows.Select(row => row.Score).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[3], rows.Select(row => NameOf(row.Decision)), cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<Suggestion>> ReadAsync(ParquetRowGroupReader group, CancellationToken cancellation)
    {
        var ids = await group.ReadNumbersAsync<long>(Fields[0], cancellation).ConfigureAwait(false);
        var tags = await group.ReadTextAsync(Fields[1], cancellation).ConfigureAwait(false);
        var scores = await group.ReadNumbersAsync<float>(Fields[2], cancellation).ConfigureAwait(false);
        var decisions = await group.ReadTextAsync(Fields[3], cancellation).ConfigureAwait(false);
        return [.. ids.Select((id, row) => new Suggestion(new StickerId(id), tags[row]!, scores[row], DecisionOf(decisions[row]!)))];
    }

    internal static string NameOf(SuggestionDecision decision) => decision switch
    {
        SuggestionDecision.Accept => "accept",
        SuggestionDecision.Review => "review",
        _ => throw new ArgumentOutOfRangeException(nameof(decision), decision, "Expected Accept or Review."),
    };

    internal static SuggestionDecision DecisionOf(string name) => name switch
    {
        "accept" => SuggestionDecision.Accept,
        "review" => SuggestionDecision.Review,
        _ => throw new InvalidDataException($"Unknown decision '{name}', expected 'accept' or 'review'."),
    };
}
