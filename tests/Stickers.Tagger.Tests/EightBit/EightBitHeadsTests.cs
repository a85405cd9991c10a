using System.Numerics.Tensors;
using Stickers.Tagger.EightBit;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.Tagger.Tests.EightBit;

public sealed class EightBitHeadsTests
{
    private const int Stickers = 21;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Run_EveryVariant_GivesTheSameBitsAndNearlyThoseOfFloat32(bool squashed)
    {
        torch.manual_seed(4);
        using var net = new StickerNet(new NetworkConfiguration { InputSide = 32, Widths = [8, 16, 16, 24], Tags = 21, Meanings = 21, VisualDimension = 48, SemanticDimension = 40, SquashedSemantics = squashed });
        net.eval();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        // Gains of both signs and none, offsets, and a feature that lies far out.
        var random = new Random(5);
        foreach (var part in FlatParameters.Of(net).Parts.Where(part => part.Name.StartsWith("feature_norm", StringComparison.Ordinal)))
            part.Tensor.copy_(torch.tensor([.. Enumerable.Range(0, net.FeatureCount).Select(i => i == 7 ? 0 : (2 * random.NextSingle()) - 1)]));
        var weights = NetworkWeights.Of(net);
        var (gain, offset) = (weights.Values("feature_norm.weight", net.FeatureCount).ToArray(), weights.Values("feature_norm.bias", net.FeatureCount).ToArray());
        var features = Enumerable.Range(0, Stickers * net.FeatureCount).Select(i => offset[i % gain.Length] + (gain[i % gain.Length] * (i == 40 ? 7.5f : Normal(random)))).ToArray();
        var exact = net.Heads(torch.tensor(features, [Stickers, net.FeatureCount]));

        var all = Enum.GetValues<ConvolutionVariant>().Where(Convolution.Has).Select(variant =>
        {
            var (tags, visual, semantic) = (new float[Stickers * 21], new float[Stickers * 48], new float[Stickers * 40]);
            new EightBitHeads(weights).Run(variant, Stickers, features, tags, visual, semantic);
            return (Tags: tags, Visual: visual, Semantic: semantic);
        }).ToArray();

        Assert.All(all, heads => Assert.Equal(all[0].Tags, heads.Tags));
        Assert.All(all, heads => Assert.Equal(all[0].Visual, heads.Visual));
        Assert.All(all, heads => Assert.Equal(all[0].Semantic, heads.Semantic));
        AssertNear(exact.TagLogits, all[0].Tags);
        AssertNear(exact.Visual, all[0].Visual);
        AssertNear(exact.Semantic, all[0].Semantic);
    }

    /// <summary>Both roundings, of a byte each, are off by a hundredth of what they round at most, in directions of their own.</summary>
    private static void AssertNear(torch.Tensor exact, float[] rounded)
    {
        var length = (int)exact.shape[1];
        var expected = exact.data<float>().ToArray();
        for (var i = 0; i < Stickers; i++)
            Assert.InRange(TensorPrimitives.CosineSimilarity(expected.AsSpan(i * length, length), rounded.AsSpan(i * length, length)), 0.998f, 1.0001f);
    }

    private static float Normal(Random random) => Enumerable.Range(0, 12).Sum(_ => random.NextSingle()) - 6;
}
