using Stickers.SimilaritySearch.Exact;

namespace Stickers.SimilaritySearch.Tests.Exact;

public sealed class RowBitmapTests
{
    [Theory]
    [InlineData(0, 1)]
    [InlineData(1, 1)]
    [InlineData(64, 64)]
    [InlineData(65, 7)]
    [InlineData(1000, 1)]
    [InlineData(1000, 16)]
    [InlineData(1024, 2000)]
    public void Take_UntilNothingIsLeft_GivesEachRowOnceInOrder(int length, int room)
    {
        var random = new Random(length);
        foreach (var share in new[] { 0, 0.01, 0.5, 1 })
        {
            var expected = Enumerable.Range(0, length).Where(_ => random.NextDouble() < share).Select(row => (long)row).ToList();
            var set = new RowBitmap(length);
            expected.ForEach(row => set[row] = true);
            var (from, rows, all) = (0L, new long[room], new List<long>());
            while (set.Take(ref from, rows) is > 0 and var taken)
                all.AddRange(rows[..taken]);
            Assert.Equal(expected, all);
            Assert.Equal(0, set.Take(ref from, rows));
        }
    }
}
