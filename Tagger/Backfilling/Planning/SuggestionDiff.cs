using System.Runtime.CompilerServices;
using Stickers.Catalogue;

namespace Stickers.Tagger.Backfilling.Planning;

/// <summary>
/// What differs between two sets of suggestions, by sticker in the catalogue's order, then what is left of stickers that the catalogue no longer has. Memory is bounded: sets
/// of more rows are compared in several passes, each over the stickers whose ids are in one range (ids are hashes, so the ranges are even).
/// </summary>
internal sealed class SuggestionDiff(StickerCatalogue catalogue, SuggestionSet? before, SuggestionSet after, int rowsPerPass)
{
    /// <summary>About 100 bytes each.</summary>
    public const int RowsPerPass = 4_000_000;

    private readonly Dictionary<string, Counter> _tags = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Counter> _creators = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Counter> _locales = new(StringComparer.Ordinal);
    private readonly Counter _total = new();

    public ChangeCount Total => _total.ToCount("");

    public IReadOnlyList<ChangeCount> Tags => Changed(_tags);

    public IReadOnlyList<ChangeCount> Creators => Changed(_creators);

    public IReadOnlyList<ChangeCount> Locales => Changed(_locales);

    public async IAsyncEnumerable<SuggestionChange> CompareAsync(IProgress<JobProgress>? progress, [EnumeratorCancellation] CancellationToken cancellation)
    {
        var passes = 1 + ((before?.Manifest.Rows ?? 0) + after.Manifest.Rows) / rowsPerPass;
        var width = long.MaxValue / passes;
        for (var pass = 0L; pass < passes; pass++)
        {
            var (from, to) = (pass * width, pass == passes - 1 ? long.MaxValue : ((pass + 1) * width) - 1);
            var was = before is null ? [] : await ReadAsync(before, from, to, cancellation);
            var becomes = await ReadAsync(after, from, to, cancellation);
            var seen = 0L;
            await foreach (var sticker in catalogue.ReadAsync(images: false, cancellation))
            {
                if (++seen % 1000 == 0) progress?.Report(new JobProgress("compare", (pass * catalogue.Manifest.Written) + seen, passes * catalogue.Manifest.Written, "stickers"));
                if (sticker.Id.Value < from || sticker.Id.Value > to) continue;
                was.Remove(sticker.Id.Value, out var old);
                becomes.Remove(sticker.Id.Value, out var made);
                foreach (var change in Compare(old ?? [], made ?? [], sticker.Creator, sticker.Locale)) yield return change;
            }

            if (becomes.Count > 0) throw new InvalidDataException($"The planned suggestions speak of {becomes.Count} stickers that catalogue '{catalogue.Name}' does not have, such as {becomes.Keys.First()}. Plan again.");
            foreach (var (_, old) in was.OrderBy(pair => pair.Key))
            {
                foreach (var change in Compare(old, [], "", "")) yield return change;
            }
        }
    }

    private IEnumerable<SuggestionChange> Compare(List<Suggestion> was, List<Suggestion> becomes, string creator, string locale)
    {
        foreach (var old in was)
        {
            Counter[] counters = [_total, Of(_tags, old.Tag), Of(_creators, creator), Of(_locales, locale)];
            foreach (var counter in counters) counter.Standing++;
            var made = becomes.Find(suggestion => suggestion.Tag == old.Tag);
            if (made is not null && made.Decision == old.Decision) continue;
            foreach (var counter in counters) counter.Add(made is null ? ChangeKind.Removed : ChangeKind.Flipped);
            yield return new SuggestionChange(old.Id, old.Tag, made is null ? ChangeKind.Removed : ChangeKind.Flipped, old, made);
        }

        foreach (var made in becomes.Where(made => !was.Exists(old => old.Tag == made.Tag)))
        {
            foreach (var counter in (Counter[])[_total, Of(_tags, made.Tag), Of(_creators, creator), Of(_locales, locale)]) counter.Add(ChangeKind.Added);
            yield return new SuggestionChange(made.Id, made.Tag, ChangeKind.Added, null, made);
        }
    }

    private static async Task<Dictionary<long, List<Suggestion>>> ReadAsync(SuggestionSet set, long from, long to, CancellationToken cancellation)
    {
        var rows = new Dictionary<long, List<Suggestion>>();
        await foreach (var row in set.ReadAsync(cancellation))
        {
            if (row.Id.Value < from || row.Id.Value > to) continue;
            if (!rows.TryGetValue(row.Id.Value, out var own)) rows[row.Id.Value] = own = [];
            own.Add(row with { Tag = string.Intern(row.Tag) });
        }

        return rows;
    }

    private static Counter Of(Dictionary<string, Counter> counters, string name) => counters.TryGetValue(name, out var counter) ? counter : counters[name] = new Counter();

    private static List<ChangeCount> Changed(Dictionary<string, Counter> counters) =>
        [.. counters.Select(pair => pair.Value.ToCount(pair.Key)).Where(count => count.Changes > 0).OrderByDescending(count => count.Changes).ThenBy(count => count.Name, StringComparer.Ordinal)];

    private sealed class Counter
    {
        private readonly long[] _changes = new long[4];

        public long Standing { get; set; }

        public void Add(ChangeKind kind) => _changes[(int)kind]++;

        public ChangeCount ToCount(string name) => new(name, Standing, _changes[(int)ChangeKind.Added], _changes[(int)ChangeKind.Removed], _changes[(int)ChangeKind.Flipped]);
    }
}
