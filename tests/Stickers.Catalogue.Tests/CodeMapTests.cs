namespace Stickers.Catalogue.Tests;

public sealed class CodeMapTests
{
    [Fact]
    public void Encode_Vectors_SetsTheBitsOfPositiveValues()
    {
        var (bits, d) = (20, 24); // neither fills a byte
        var random = new Random(3);
        var map = new CodeMap(Values(random, bits * d), Values(random, bits));
        for (var round = 0; round < 50; round++)
        {
            var vector = Values(random, d);
            var code = map.Encode(vector);
            Assert.Equal(3, code.Length);
            for (var i = 0; i < 24; i++)
            {
                var value = i < bits ? vector.Select((v, j) => (double)v * map.Weights[(i * d) + j]).Sum() + map.Offsets[i] : -1;
                Assert.Equal(value > 0, (code[i / 8] >> (i % 8) & 1) == 1);
            }
        }
    }

    [Fact]
    public void Read_BytesOfAMap_GivesTheSameMap()
    {
        var random = new Random(4);
        var map = new CodeMap(Values(random, 16 * 5), Values(random, 16));
        var read = CodeMap.Read(map.ToBytes(), "code.map");
        Assert.Equal((16, 5), (read.Bits, read.Dimension));
        Assert.Equal(map.Weights.ToArray(), read.Weights.ToArray());
        Assert.Equal(map.Offsets.ToArray(), read.Offsets.ToArray());
    }

    [Fact]
    public void Read_WhatIsNoMap_SaysSo()
    {
        var whole = new CodeMap([1, 2, 3, 4], [5, 6]).ToBytes();
        Assert.Equal([(byte)'S', (byte)'T', (byte)'K', (byte)'M', 1, 0, 0, 0, 2, 0, 0, 0, 2, 0, 0, 0], whole[..16]);
        Assert.Throws<InvalidDataException>(() => CodeMap.Read(whole.AsSpan()[..^1], "code.map"));
        Assert.Throws<InvalidDataException>(() => CodeMap.Read("something else altogether"u8, "code.map"));
        Assert.Contains("format version 9", Assert.Throws<InvalidDataException>(() => CodeMap.Read([.. whole[..4], 9, .. whole[5..]], "code.map")).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => CodeMap.Read([.. whole[..16], .. BitConverter.GetBytes(float.NaN), .. whole[20..]], "code.map"));
    }

    [Fact]
    public void Encode_WrongLengths_Throws()
    {
        var map = new CodeMap([1, 2, 3, 4], [5, 6]);
        Assert.Throws<ArgumentException>(() => map.Encode([1f, 2f, 3f]));
        Assert.Throws<ArgumentException>(() => map.Encode([1f, 2f], []));
        Assert.Throws<ArgumentException>(() => new CodeMap([1, 2, 3], [5, 6]));
        Assert.Throws<ArgumentException>(() => new CodeMap([1, float.PositiveInfinity], [5, 6]));
    }

    private static float[] Values(Random random, int count) => [.. Enumerable.Range(0, count).Select(_ => random.NextSingle() - 0.5f)];
}
