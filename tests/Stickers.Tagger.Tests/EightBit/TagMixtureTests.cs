using Stickers.Tagger.EightBit;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.Tagger.Tests.EightBit;

public sealed class TagMixtureTests
{
    private const int Stickers = 11;   // two fours and what is left
    private const int Dimension = 40;
    private const int Tags = 9;        // of which the last has no prototype

    [Fact]
    public void Mix_AnyNumberOfStickers_IsTheNetworksMixture()
    {
        torch.manual_seed(4);
        // Prototypes that fill no block.
        using var net = new StickerNet(new NetworkConfiguration { InputSide = 32, Widths = [8, 16, 16, 24], Tags = Tags, Meanings = Tags, SemanticDimension = Dimension, Prototypes = 37, PrototypeTags = 70 });
        net.eval();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        net.SetPrototypes(torch.randn(37, Dimension), [.. Enumerable.Range(0, 70).Select(i => (i % 37, i * 5 % (Tags - 1)))]);
        var features = torch.randn(Stickers, net.FeatureCount);
        // The last sticker is the first prototype itself, others lie anywhere.
        var semantic = torch.nn.functional.normalize(torch.cat([torch.randn(Stickers - 1, Dimension), net.get_buffer("prototypes")!.narrow(0, 0, 1)], 0), 2, 1);
        var expected = net.TagLogits(features, semantic).data<float>().ToArray();
        var weights = NetworkWeights.Of(net);
        var (weight, bias) = weights.Linear("tag_head", net.FeatureCount, Tags);
        var own = features.matmul(torch.tensor(weight, [Tags, net.FeatureCount]).t()).add(torch.tensor(bias)).data<float>().ToArray();
        var rows = semantic.data<float>().ToArray();
        var mixture = TagMixture.Of(weights)!;

        var mixed = own.ToArray();
        mixture.Mix(Stickers, rows, mixed);

        for (var i = 0; i < mixed.Length; i++) Assert.Equal(expected[i], mixed[i], 1e-4f);
        // However many there are beside it, a sticker's answer is the same to the bit.
        for (var i = 0; i < Stickers; i++)
        {
            var alone = own[(i * Tags)..((i + 1) * Tags)];
            mixture.Mix(1, rows.AsSpan(i * Dimension, Dimension), alone);
            Assert.Equal(mixed[(i * Tags)..((i + 1) * Tags)], alone);
        }
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
}
