using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.Tagger.Tests.Network;

public sealed class NetworkWeightsTests
{
    private static readonly NetworkConfiguration Shape = new() { InputSide = 32, Widths = [8, 16, 16, 24], Blocks = [1, 2, 1, 1], Tags = 5, Meanings = 7, SquashedSemantics = true };

    [Fact]
    public void Folded_LayerOfANetwork_IsThatOfLibTorchToRounding()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var net = Net();
        var of = FlatParameters.Of(net).Parts.Concat(FlatParameters.BuffersOf(net).Parts).ToDictionary();
        var scale = of["layer2.0.conv1.bn.weight"].div(of["layer2.0.conv1.bn.running_var"].add(1e-5).sqrt());
        var shift = of["layer2.0.conv1.bn.bias"].sub(of["layer2.0.conv1.bn.running_mean"].mul(scale));

        var (kernel, offset) = NetworkWeights.Of(net).Folded("layer2.0.conv1", 8, 16, 3);

        // LibTorch's square root, by MKL, is not always the nearest number.
        AssertNear(of["layer2.0.conv1.weight"].mul(scale.view(-1, 1, 1, 1)), kernel);
        AssertNear(shift, offset);

        static void AssertNear(torch.Tensor expected, float[] found) =>
            Assert.All(expected.data<float>().ToArray().Zip(found), pair => Assert.Equal(pair.First, pair.Second, 1e-6f));
    }

    [Fact]
    public void ToNet_CopyOfANetwork_SaysTheSame()
    {
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        using var net = Net();
        using var copy = NetworkWeights.Of(net).ToNet();
        copy.eval();
        var input = torch.randn(2, 32, 32, 4).permute(0, 3, 1, 2); // channels last, as the network is always given pictures: of other orders oneDNN makes NaN at times, on AVX-512

        Assert.Equal(net.forward(input).TagLogits.data<float>().ToArray(), copy.forward(input).TagLogits.data<float>().ToArray());
    }

    [Fact]
    public void Values_TensorMissingOrOfAnotherShape_SaysWhichAndWhere()
    {
        var weights = new NetworkWeights(Shape, new Dictionary<string, NamedTensor> { ["tag_head.bias"] = new("tag_head.bias", [4], new float[4]) }, "there");

        Assert.Equal("there: tensor stem.weight is missing.", Assert.Throws<InvalidDataException>(() => weights.Values("stem.weight", 1)).Message);
        Assert.Equal("there: tensor tag_head.bias has shape [4], the network expects [5].", Assert.Throws<InvalidDataException>(() => weights.Values("tag_head.bias", 5)).Message);
        Assert.Throws<InvalidDataException>(weights.ToNet);
    }

    /// <summary>A network in evaluation mode, its normalisations by odd numbers.</summary>
    private static StickerNet Net()
    {
        torch.manual_seed(8);
        var net = new StickerNet(Shape);
        net.eval();
        foreach (var (name, tensor) in FlatParameters.Of(net).Parts.Concat(FlatParameters.BuffersOf(net).Parts))
        {
            if (name.Contains("bn.", StringComparison.Ordinal)) tensor.copy_(torch.rand(tensor.shape).add(0.3));
        }

        return net;
    }
}
