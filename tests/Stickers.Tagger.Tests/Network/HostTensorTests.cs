using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.Network;

public sealed class HostTensorTests
{
    [Fact]
    public void Of_Values_AreCopiedRowByRow()
    {
        float[] values = [1, 2, 3, 4, 5, 6];
        using var tensor = HostTensor.Of(values, 2, 3);
        values[4] = 0;

        Assert.Equal([2, 3], tensor.shape);
        Assert.Equal(5f, tensor[1, 1].item<float>());
        Assert.Equal([1, 2, 3, 4, 5, 6], HostTensor.Values(tensor).ToArray());
    }

    [Theory]
    [InlineData(5)]
    [InlineData(7)]
    public void Of_FewerOrMoreValuesThanTheShapeHas_IsRefused(int count)
    {
        var refused = Assert.Throws<ArgumentException>(() => HostTensor.Of(new float[count], 2, 3));

        Assert.Contains($"6 values expected for (2, 3), found {count}", refused.Message, StringComparison.Ordinal);
    }
}
