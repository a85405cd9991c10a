using Stickers.Pipeline.Running;

namespace Stickers.Pipeline.Tests.Running;

public sealed class SegmentTests
{
    [Theory]
    [InlineData(1, 1, 1, "Source-Preprocess x1, Main-Main x1, Postprocess-Sink x1")]
    [InlineData(4, 2, 1, "Source-Preprocess x4, Main-Main x2, Postprocess-Sink x1")]
    [InlineData(0, 2, 1, "Source-Main x2, Postprocess-Sink x1")]
    [InlineData(3, 0, 1, "Source-Main x3, Postprocess-Sink x1")]
    [InlineData(3, 2, 0, "Source-Preprocess x3, Main-Sink x2")]
    [InlineData(3, 0, 0, "Source-Sink x3")]
    [InlineData(0, 3, 0, "Source-Sink x3")]
    [InlineData(0, 0, 3, "Source-Sink x3")]
    public void Cut_OfAnyLayout_RunsEveryStageOnce(int preprocess, int main, int postprocess, string expected) =>
        Assert.Equal(expected, string.Join(", ", Segment.Cut(preprocess, main, postprocess).Select(segment => $"{segment.First}-{segment.Last} x{segment.Workers}")));

    [Theory]
    [InlineData(0, 0, 0)]
    [InlineData(-1, 1, 1)]
    public void Cut_OfNoWorkers_IsRefused(int preprocess, int main, int postprocess) => Assert.Throws<ArgumentException>(() => Segment.Cut(preprocess, main, postprocess));
}
