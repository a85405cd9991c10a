namespace Stickers.SimilaritySearch.Exact;

/// <summary>
/// The rows that may be among a query's k nearest, in bounded memory. The threshold is a score that k rows are known to reach, so a row that
/// surely stays below it is none of them. Where so many rows are equally near that the list would overflow, they are compared exactly at once.
/// </summary>
/// <param name="k">Neighbours wanted.</param>
/// <param name="exact">Score of a row, as it will be reported.</param>
internal sealed class Candidates(int k, Func<long, float> exact)
{
    private readonly int _limit = 4096 + (4 * k);
    private readonly PriorityQueue<float, float> _known = new(k + 1);
    private readonly List<(long Row, float Upper)> _open = [];
    private List<RowHit> _best = [];

    /// <summary>No row whose score surely is below this one is wanted.</summary>
    public float Threshold { get; private set; } = float.NegativeInfinity;

    /// <summary>Rows that were compared exactly.</summary>
    public long Compared { get; private set; }

    /// <summary>Takes in a row whose score lies between two bounds.</summary>
    public void Offer(long row, float lower, float upper)
    {
        if (upper < Threshold)
            return;
        _open.Add((row, upper));
        Know(lower);
        if (_open.Count < _limit)
            return;
        _open.RemoveAll(candidate => candidate.Upper < Threshold);
        if (_open.Count > _limit / 2)
            Compare();
    }

    /// <summary>The k nearest rows, best first, equally near ones by number.</summary>
    public List<RowHit> Finish()
    {
        Compare();
        return _best;
    }

    private void Know(float lower)
    {
        if (_known.Count == k && lower <= Threshold)
            return;
        _known.Enqueue(lower, lower);
        if (_known.Count > k)
            _known.Dequeue();
        if (_known.Count == k)
            Threshold = Math.Max(Threshold, _known.Peek());
    }

    /// <summary>Compares what is open exactly, what promises most first, and stops where nothing can be gained.</summary>
    private void Compare()
    {
        _open.Sort(static (a, b) => a.Upper != b.Upper ? b.Upper.CompareTo(a.Upper) : a.Row.CompareTo(b.Row));
        // A heap whose root is the worst of the best.
        var heap = new PriorityQueue<RowHit, RowHit>(Comparer<RowHit>.Create((a, b) => RowHit.Compare(b, a)));
        foreach (var hit in _best)
            heap.Enqueue(hit, hit);
        foreach (var (row, upper) in _open)
        {
            if (upper < Threshold || (heap.Count == k && upper < heap.Peek().Score))
                break;
            var hit = new RowHit(row, exact(row));
            Compared++;
            if (heap.Count < k)
                heap.Enqueue(hit, hit);
            else
                heap.EnqueueDequeue(hit, hit);
        }

        _open.Clear();
        if (heap.Count == k)
            Threshold = Math.Max(Threshold, heap.Peek().Score);
        _best = [.. heap.UnorderedItems.Select(item => item.Element).Order(Comparer<RowHit>.Create(RowHit.Compare))];
    }
}
