using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.Tagger.Tests.EightBit;

public sealed class TagMixtureTests
{
    private const int Stickers = 43;   // more than are compared at once
    private const int Dimension = 256;
    private const int Tags = 9;        // of which the last has no prototype

    [Theory]
    [InlineData(null, null)]
    [InlineData(25f, 0.3f)]
    public void Mix_AnyNumberOfStickers_IsTheNetworksMixture(float? spread, float? share)
    {
        torch.manual_seed(4);
        // Prototypes that fill no block.
        using var net = new StickerNet(new NetworkConfiguration { InputSide = 32, Widths = [8, 16, 16, 24], Tags = Tags, Meanings = Tags, SemanticDimension = Dimension, Prototypes = 203, PrototypeTags = 390, PrototypeSpread = spread, TagHeadShare = share });
        net.eval();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        net.SetPrototypes(torch.randn(203, Dimension), [.. Enumerable.Range(0, 390).Select(i => (i % 203, i * 5 % (Tags - 1)))]);
        var features = torch.randn(Stickers, net.FeatureCount);
        // The last sticker is the first prototype itself, others lie anywhere.
        var semantic = torch.nn.functional.normalize(torch.cat([torch.randn(Stickers - 1, Dimension), net.get_buffer("prototypes")!.narrow(0, 0, 1)], 0), 2, 1);
        var expected = net.TagLogits(features, semantic).data<float>().ToArray();
        var weights = NetworkWeights.Of(net);
        var (weight, bias) = weights.Linear("tag_head", net.FeatureCount, Tags);
        var own = features.matmul(torch.tensor(weight, [Tags, net.FeatureCount]).t()).add(torch.tensor(bias)).data<float>().ToArray();
        var rows = semantic.data<float>().ToArray();
        var mixture = TagMixture.Of(weights)!;

        float[] Mix(ConvolutionVariant variant, int first, int count)
        {
            var logits = own[(first * Tags)..((first + count) * Tags)];
            mixture.Mix(variant, count, rows.AsSpan(first * Dimension, count * Dimension), logits);
            return logits;
        }

        var mixed = Mix(ConvolutionVariant.Portable, 0, Stickers);
        // Steps of a 31st of what a number may be move cosines by half a hundredth.
        for (var i = 0; i < mixed.Length; i++) Assert.Equal(Probability(expected[i]), Probability(mixed[i]), 0.02);
        // On any processor, and however many there are beside it, a sticker's answer is the same to the bit.
        foreach (var variant in Enum.GetValues<ConvolutionVariant>().Where(Convolution.Has)) Assert.Equal(mixed, Mix(variant, 0, Stickers));
        for (var i = 0; i < Stickers; i++) Assert.Equal(mixed[(i * Tags)..((i + 1) * Tags)], Mix(Convolution.Best, i, 1));
    }

    [Fact]
    public void Of_NetworkWithoutPrototypes_IsNone()
    {
        using var net = new StickerNet(new NetworkConfiguration { InputSide = 32, Widths = [8, 8, 8, 8], Tags = 3, Meanings = 3 });

        Assert.Null(TagMixture.Of(NetworkWeights.Of(net)));
    }

    [Theory]
    [InlineData(2, 0)]
    [InlineData(0, 3)]
    [InlineData(-1, 0)]
    public void Of_PrototypeOfWhatIsNotThere_IsRefused(float set, float tag)
    {
        var shape = new NetworkConfiguration { Tags = 3, Meanings = 3, SemanticDimension = 2, Prototypes = 2, PrototypeTags = 1 };
        var tensors = new Dictionary<string, NamedTensor>
        {
            ["prototypes"] = new("prototypes", [2, 2], new float[4]),
            ["prototype_tags"] = new("prototype_tags", [1, 2], new[] { set, tag }),
        };

        var fault = Assert.Throws<InvalidDataException>(() => TagMixture.Of(new NetworkWeights(shape, tensors, "weights")));

        Assert.Contains("prototype_tags", fault.Message, StringComparison.Ordinal);
    }

    private static double Probability(float logit) => 1 / (1 + Math.Exp(-logit));
}
