using Stickers.Catalogue;

namespace Stickers.SimilaritySearch.Tests;

public sealed class RowTableTests
{
    /// <summary>Hashes, numbers in a row, and powers of two, whose places cannot be guessed.</summary>
    public static TheoryData<long[]> Tables => new((IEnumerable<long[]>)
    [
        [],
        [7],
        [0, long.MaxValue],
        [.. Enumerable.Range(0, 5000).Select(i => 1_000_000L + (7 * i))],
        [.. Enumerable.Range(0, 5000).Select(i => StickerId.FromKey($"pack/{i}").Value)],
        [.. Enumerable.Range(0, 63).Select(bit => 1L << bit), 3, 5, long.MaxValue - 1],
        [.. Enumerable.Range(0, 3000).Select(i => (long)i), .. Enumerable.Range(0, 3000).Select(i => long.MaxValue - i)],
    ]);

    [Theory]
    [MemberData(nameof(Tables))]
    public void RowOf_AnyId_IsItsPlaceAmongTheSortedOrMinusOne(long[] ids)
    {
        var table = RowTable.Of([.. ids], new ulong[ids.Length]);
        var sorted = ids.Order().ToList();
        for (var row = 0; row < sorted.Count; row++)
            Assert.Equal(row, table.RowOf(new StickerId(sorted[row])));
        var there = ids.ToHashSet();
        foreach (var other in ids.SelectMany(id => new[] { id - 1, id == long.MaxValue ? 0 : id + 1 }).Append(long.MaxValue).Append(0).Where(id => id >= 0 && !there.Contains(id)))
            Assert.Equal(-1, table.RowOf(new StickerId(other)));
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void RowOf_OneAfterTheOther_IsTheSameInAnyOrder(long[] ids)
    {
        var table = RowTable.Of([.. ids], new ulong[ids.Length]);
        var random = new Random(3);
        var asked = ids.SelectMany(id => new[] { id, id == long.MaxValue ? 0 : id + 1 }).Append(0).Append(long.MaxValue).ToArray();
        foreach (var share in new[] { 0.01, 0.3, 1 })
        {
            var some = asked.Where(_ => random.NextDouble() <= share).ToArray();
            foreach (var order in new[] { [.. some.Order()], some, [.. some.OrderDescending()] })
            {
                var near = 0L;
                foreach (var id in order)
                    Assert.Equal(table.RowOf(new StickerId(id)), table.RowOf(new StickerId(id), ref near));
            }
        }
    }
}
