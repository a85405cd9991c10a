using Stickers.Catalogue.Images;
using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Tests.EightBit;

public sealed class ActivationRangesTests
{
    private static readonly NetworkConfiguration Shape = new() { Tags = 1, Meanings = 1 };

    [Theory]
    [InlineData(8, 1f, "has 8 ranges, the network has 9")]
    [InlineData(10, 1f, "has 10 ranges, the network has 9")]
    [InlineData(9, 0f, "has a range of 0")]
    [InlineData(9, -1f, "has a range of -1")]
    [InlineData(9, float.NaN, "has a range of NaN")]
    [InlineData(9, float.PositiveInfinity, "has a range of ")]
    public void Of_DamagedRanges_SaysWhereAndWhat(int count, float last, string told)
    {
        float[] values = [.. Enumerable.Repeat(2f, count - 1), last];
        var tensors = new Dictionary<string, NamedTensor> { [ActivationRanges.Name] = new(ActivationRanges.Name, [count], values) };

        var fault = Assert.Throws<InvalidDataException>(() => ActivationRanges.Of(tensors, Shape, "models/a/weights.safetensors"));

        Assert.Contains("models/a/weights.safetensors", fault.Message, StringComparison.Ordinal);
        Assert.Contains(told, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoRanges_IsNone() => Assert.Null(ActivationRanges.Of(new Dictionary<string, NamedTensor>(), Shape, "weights"));

    [Fact]
    public async Task LoadAsync_ModelWithAndWithoutRanges_RunsInEightBitsOrInFloat32()
    {
        var cancellation = TestContext.Current.CancellationToken;
        var picture = ImageDecoder.Decode(TestStore.Draw(4).Image.Span, StickerModel.DecodeSide);
        using var store = new TestStore();
        await store.AddModelAsync(cancellation);
        using var plain = await StickerModel.LoadAsync(store.Store, TestStore.Model, cancellation);
        float[] ranges = [3, 3, 4, 3, 4, 3, 5, 3, 6];
        await store.AddModelAsync(cancellation, ranges: ranges);
        using var model = await StickerModel.LoadAsync(store.Store, TestStore.Model, cancellation);

        var (exact, rounded) = (plain.Predict([picture])[0], model.Predict([picture])[0]);

        Assert.NotEqual(plain.ContentHash, model.ContentHash); // answers differ, so embeddings of the two must not mix
        Assert.NotEqual(exact.Visual, rounded.Visual);
        Assert.All(exact.Visual.Zip(rounded.Visual), pair => Assert.Equal(pair.First, pair.Second, 0.05f));
        Assert.Equal(ranges, SafeTensors.Read(Path.Combine(store.Store.Root, "models", TestStore.Model, ModelFiles.Weights)).Tensors[ActivationRanges.Name].Values.ToArray());
    }

    [Fact]
    public void RangeFit_ValuesFarOut_AreCutOffWhereItCostsLeast()
    {
        TorchSharp.torch.manual_seed(3);
        using var net = new StickerNet(new NetworkConfiguration { InputSide = 32, Widths = [8, 8, 8, 8], Tags = 1, Meanings = 1, VisualDimension = 4, SemanticDimension = 4 });
        var fitted = Enumerable.Range(0, 6).Select(i => InputFitting.Fit(ImageDecoder.Decode(TestStore.Draw(i).Image.Span, StickerModel.DecodeSide), 40)).ToArray();

        var ranges = RangeFit.Of(net, [0, 1, 2, 3, 4, 5], 40, i => fitted[i]).Values;

        using var noGrad = TorchSharp.torch.no_grad();
        using var scope = TorchSharp.torch.NewDisposeScope();
        var layers = net.Activations(Inference.InputOf(6, 40, i => fitted[i], 32, TorchSharp.torch.CPU)).Select(layer => layer.contiguous().data<float>().ToArray()).ToArray();
        Assert.Equal(layers.Length, ranges.Length);
        foreach (var (values, range) in layers.Zip(ranges))
        {
            Assert.InRange(range, 0.19f * values.Max(), values.Max());
            // Not worse than holding all of them, nor than a tenth more or less.
            Assert.All([values.Max(), range * 0.9f, Math.Min(values.Max(), range * 1.1f)], other => Assert.True(Error(values, range) <= Error(values, other) * 1.02, $"A range of {range} is worse than {other}."));
        }
    }

    private static double Error(float[] values, float range) => values.Sum(value => Math.Pow((Math.Min(Math.Round(value / (range / 255)), 255) * (range / 255)) - value, 2));
}
