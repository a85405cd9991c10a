using Parquet;
using Parquet.Schema;

namespace Stickers.Catalogue.Tables;

/// <summary>Columns of a plan's changes: id, tag, kind, and score and decision before and after (0 and null where there is none).</summary>
internal sealed class ChangeTable : IParquetTable<SuggestionChange>
{
    private static readonly ParquetSchema ChangeSchema = new(
        new DataField<long>("id"),
        new DataField("tag", typeof(string), false),
        new DataField("kind", typeof(string), false),
        new DataField<float>("score_before"),
        new DataField("decision_before", typeof(string), true),
        new DataField<float>("score_after"),
        new DataField("decision_after", typeof(string), true));

    private static readonly DataField[] Fields = ChangeSchema.DataFields;

    public ParquetSchema Schema => ChangeSchema;

    public IReadOnlyDictionary<string, string> Metadata { get; } = new Dictionary<string, string>();

    public async Task WriteAsync(ParquetRowGroupWriter group, ParquetOptions options, IReadOnlyList<SuggestionChange> rows, CancellationToken cancellation)
    {
        await group.WriteAsync<long>(Fields[0], rows.Select(row => row.Id.Value).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[1], rows.Select(row => row.Tag), cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[2], rows.Select(row => NameOf(row.Kind)), cancellation).ConfigureAwait(false);
        await group.WriteAsync<float>(Fields[3], rows.Select(row => row.Before?.Score ?? 0).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[4], rows.Select(row => row.Before is { } before ? SuggestionTable.NameOf(before.Decision) : null), cancellation).ConfigureAwait(false);
        await group.WriteAsync<float>(Fields[5], rows.Select(row => row.After?.Score ?? 0).ToArray(), cancellationToken: cancellation).ConfigureAwait(false);
        await group.WriteTextAsync(Fields[6], rows.Select(row => row.After is { } after ? SuggestionTable.NameOf(after.Decision) : null), cancellation).ConfigureAwait(false);
    }

    public async Task<IReadOnlyList<SuggestionChange>> ReadAsync(ParquetRowGroupReader group, CancellationToken cancellation)
    {
        var ids = await group.ReadNumbersAsync<long>(Fields[0], cancellation).ConfigureAwait(false);
        var tags = await group.ReadTextAsync(Fields[1], cancellation).ConfigureAwait(false);
        var kinds = await group.ReadTextAsync(Fields[2], cancellation).ConfigureAwait(false);
        var scoresBefore = await group.ReadNumbersAsync<float>(Fields[3], cancellation).ConfigureAwait(false);
        var before = await group.ReadTextAsync(Fields[4], cancellation).ConfigureAwait(false);
        var scoresAfter = await group.ReadNumbersAsync<float>(Fields[5], cancellation).ConfigureAwait(false);
        var after = await group.ReadTextAsync(Fields[6], cancellation).ConfigureAwait(false);
        return [.. ids.Select((id, row) => new SuggestionChange(
            new StickerId(id), tags[row]!, KindOf(kinds[row]!),
            before[row] is { } was ? new Suggestion(new StickerId(id), tags[row]!, scoresBefore[row], SuggestionTable.DecisionOf(was)) : null,
            after[row] is { } becomes ? new Suggestion(new StickerId(id), tags[row]!, scoresAfter[row], SuggestionTable.DecisionOf(becomes)) : null))];
    }

    private static string NameOf(ChangeKind kind) => kind switch
    {
        ChangeKind.Added => "added",
        ChangeKind.Removed => "removed",
        ChangeKind.Flipped => "flipped",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Expected Added, Removed or Flipped."),
    };

    private static ChangeKind KindOf(string name) => name switch
    {
        "added" => ChangeKind.Added,
        "removed" => ChangeKind.Removed,
        "flipped" => ChangeKind.Flipped,
        _ => throw new InvalidDataException($"Unknown kind of change '{name}', expected 'added', 'removed' or 'flipped'."),
    };
}
