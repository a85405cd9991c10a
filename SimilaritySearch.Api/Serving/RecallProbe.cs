using System.Diagnostics;

namespace Stickers.SimilaritySearch.Api.Serving;

/// <summary>
/// Compares a small share of the live queries with every sticker, beside their answering, one at a time and a little at a time, and remembers how many of the true
/// neighbours the answers had. It never has more than a hundredth of one core, nor a core for longer than a search has one: a third of a second at once, as a million
/// stickers take, kept answers waiting for 50 ms and more.
/// </summary>
/// <param name="share">Share of the queries, 0 to 1.</param>
/// <param name="pause">Shortest time from one query to the next.</param>
internal sealed class RecallProbe(double share, TimeSpan pause)
{
    /// <summary>Neighbours that are compared.</summary>
    public const int Neighbours = 10;

    private const int Remembered = 200;

    /// <summary>Length of a pause in terms of the comparing before it.</summary>
    private const int PauseOverWork = 99;

    /// <summary>Time after which comparing pauses.</summary>
    private static readonly TimeSpan Slice = TimeSpan.FromMilliseconds(0.5);

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
        var found = hits.Take(Neighbours).ToArray();
        Task.Run(async () =>
        {
            try
            {
                if (await TruthAsync(pair, space, query) is { } truth)
                    Compare(truth, found);
            }
            finally
            {
                Volatile.Write(ref _notBefore, Stopwatch.GetTimestamp() + (long)(pause.TotalSeconds * Stopwatch.Frequency));
                Volatile.Write(ref _busy, 0);
            }
        });
    }

    /// <summary>Time for which comparing rests.</summary>
    /// <param name="work">How long it took before.</param>
    public static TimeSpan PauseAfter(TimeSpan work) => work * PauseOverWork;

    /// <summary>The true neighbours; null when the pair was replaced meanwhile, whose memory must not wait for this.</summary>
    private static async Task<SearchHit[]?> TruthAsync(ServedPair pair, EmbeddingSpace space, float[] query)
    {
        var (exact, position) = (new ExactSearch(query, query.Length, Neighbours), 0);
        while (pair.TryLease())
        {
            var started = Stopwatch.GetTimestamp();
            try
            {
                if ((position = Look(pair[space], exact, query.Length, position, started)) == pair[space].Attributes.Count)
                    return exact.Nearest(0).ToArray();
            }
            finally
            {
                pair.Release();
            }

            await Task.Delay(PauseAfter(Stopwatch.GetElapsedTime(started)));
        }

        return null;
    }

    /// <summary>Compares the stickers from a position on until time is up; the position where it goes on.</summary>
    private static int Look(ServedSpace space, ExactSearch exact, int d, int position, long started)
    {
        const int some = 64;
        var vector = new float[d];
        do
        {
            for (var end = Math.Min(position + some, space.Attributes.Count); position < end; position++)
            {
                var id = space.Attributes.IdAt(position);
                if (space.Snapshot.TryCopyVector(id, vector))
                    exact.Add(id, vector);
            }
        }
        while (position < space.Attributes.Count && Stopwatch.GetElapsedTime(started) < Slice);

        return position;
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
