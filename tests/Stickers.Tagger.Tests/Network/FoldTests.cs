using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.Tagger.Tests.Network;

public sealed class FoldTests
{
    [Fact]
    public void Fold_NormalisationsThatHaveLearned_ChangesAnswersByRoundingOnly()
    {
        torch.manual_seed(5);
        using var net = new StickerNet(new NetworkConfiguration { InputSide = 32, Widths = [8, 8, 16, 16], Tags = 3, Meanings = 3 });
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var random = new Random(6);
        // Every gain, offset, mean and variance other than a new network's.
        foreach (var part in FlatParameters.Of(net).Parts.Concat(FlatParameters.BuffersOf(net).Parts).Where(part => part.Name.Contains("bn.", StringComparison.Ordinal)))
            part.Tensor.copy_(torch.tensor([.. Enumerable.Range(0, (int)part.Tensor.numel()).Select(_ => 0.5f + random.NextSingle())]));
        net.eval();
        var input = torch.randn(2, 32, 32, 4).permute(0, 3, 1, 2); // channels last, as the network is always given pictures: of other orders oneDNN makes NaN at times, on AVX-512
        var before = net.ForwardStages(input).Fourth.data<float>().ToArray();

        net.Fold();

        var after = net.ForwardStages(input).Fourth.data<float>().ToArray();
        Assert.All(Enumerable.Range(0, before.Length), i => Assert.Equal(before[i], after[i], 1e-4f * Math.Max(1, Math.Abs(before[i]))));
        Assert.Contains(Enumerable.Range(0, before.Length), i => before[i] != after[i]);
    }
}
