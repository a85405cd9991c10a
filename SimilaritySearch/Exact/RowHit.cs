namespace Stickers.SimilaritySearch.Exact;

/// <summary>A row of an index and how near it is.</summary>
/// <param name="Row">Number of the row, from 0.</param>
/// <param name="Score">Inner product with the query; higher is nearer.</param>
public readonly record struct RowHit(long Row, float Score)
{
    /// <summary>Nearer first; equally near ones by their number.</summary>
    internal static int Compare(RowHit a, RowHit b) => a.Score != b.Score ? b.Score.CompareTo(a.Score) : a.Row.CompareTo(b.Row);
}
