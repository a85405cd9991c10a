using System.Diagnostics;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>
/// Compares a small share of the live queries with every sticker, beside their answering, one at a time and with pauses, and remembers how many of the true
/// neighbours the answers had.
/// </summary>
/// <param name="share">Share of the queries, 0 to 1.</param>
/// <param name="pause">Shortest time from one to the next. Where comparing takes long, the pause is longer: it never has more than a hundredth of one core.</param>
internal sealed class RecallProbe(double share, TimeSpan pause)
{
    /// <summary>Neighbours that are compared.</summary>
    public const int Neighbours = 10;

    private const int Remembered = 200;

    /// <summary>Length of a pause in terms of the comparing before it.</summary>
    private const int PauseOverWork = 99;

    private readonly Lock _gate = new();
    private readonly Queue<(int Found, int Wanted)> _recent = new();
    private int _busy;
    private long _notBefore;

    /// <summary>True neighbours looked for.</summary>
    public long Wanted { get; private set; }

    /// <summary>Those that answers had.</summary>
    public long Found { get; private set; }

    /// <summary>Share found over the last queries; null before the first.</summary>
    public double? Recall
    {
        get
        {
            lock (_gate)
                return _recent.Count == 0 ? null : _recent.Sum(probe => probe.Found) / (double)Math.Max(1, _recent.Sum(probe => probe.Wanted));
        }
    }

    /// <summary>Perhaps probes a query that was answered; returns at once.</summary>
    /// <param name="pair">The pair that answered, leased by the caller.</param>
    /// <param name="space">The space that was searched.</param>
    /// <param name="query">The query.</param>
    /// <param name="hits">What was found without any filter, best first.</param>
    public void Offer(ServedPair pair, EmbeddingSpace space, float[] query, IReadOnlyList<SearchHit> hits)
    {
        if (share <= 0 || Random.Shared.NextDouble() >= share || Stopwatch.GetTimestamp() < Volatile.Read(ref _notBefore) || Interlocked.CompareExchange(ref _busy, 1, 0) != 0)
            return;
        if (!pair.TryLease())
        {
            _busy = 0;
            return;
        }

        var found = hits.Take(Neighbours).ToArray();
        Task.Run(() =>
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                Compare(Truth(pair[space], query), found);
            }
            finally
            {
                pair.Release();
                Volatile.Write(ref _notBefore, Stopwatch.GetTimestamp() + (long)(PauseAfter(Stopwatch.GetElapsedTime(started)).TotalSeconds * Stopwatch.Frequency));
                Volatile.Write(ref _busy, 0);
            }
        });
    }

    /// <summary>Time from the end of a comparison to the next one.</summary>
    /// <param name="work">How long the comparison took.</param>
    public TimeSpan PauseAfter(TimeSpan work) => work * PauseOverWork > pause ? work * PauseOverWork : pause;

    private static SearchHit[] Truth(ServedSpace space, float[] query)
    {
        var (exact, vector) = (new ExactSearch(query, query.Length, Neighbours), new float[query.Length]);
        for (var position = 0; position < space.Attributes.Count; position++)
        {
            var id = space.Attributes.IdAt(position);
            if (space.Snapshot.TryCopyVector(id, vector))
                exact.Add(id, vector);
        }

        return exact.Nearest(0).ToArray();
    }

    /// <summary>One as near as the last true neighbour is one: stickers come in copies.</summary>
    private void Compare(SearchHit[] truth, SearchHit[] found)
    {
        const float rounding = 1e-5f;
        if (truth.Length == 0)
            return;
        var hit = Math.Min(truth.Length, found.Count(f => f.Score >= truth[^1].Score - rounding));
        lock (_gate)
        {
            Wanted += truth.Length;
            Found += hit;
            _recent.Enqueue((hit, truth.Length));
            if (_recent.Count > Remembered)
                _recent.Dequeue();
        }
    }
}
