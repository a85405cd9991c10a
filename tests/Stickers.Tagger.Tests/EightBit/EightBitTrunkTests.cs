using System.Numerics.Tensors;
using Stickers.Catalogue.Images;
using Stickers.Tagger.EightBit;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.Tagger.Tests.EightBit;

public sealed class EightBitTrunkTests
{
    /// <summary>Trained networks have cosines of 0.9996 on average and 0.996 at least on 1,849 stickers; these here have learned nothing, and ranges chosen on few pictures.</summary>
    private const float LeastCosine = 0.99f;

    public static TheoryData<int, int[], int[]> Shapes => new()
    {
        { 48, [24, 48, 96, 192], [1, 1, 1, 1] },   // the small preset
        { 64, [32, 64, 128, 256], [1, 1, 1, 1] },  // base
        { 96, [64, 128, 256, 512], [2, 2, 2, 2] }, // large
        { 32, [8, 20, 12, 40], [1, 3, 2, 1] },     // channels that fill no vector
        { 256, [4, 4, 4, 4], [1, 1, 1, 1] },       // parts of 256 pixels, the most that are summed
    };

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Features_EveryVariant_GivesTheSameBitsAndNearlyThoseOfFloat32(int side, int[] widths, int[] blocks)
    {
        using var net = Net(side, widths, blocks);
        var fittedSide = InputFitting.FittedSide(side);
        var fitted = Pictures(fittedSide, 10);
        var exact = new Inference(net).Features(fitted.Length, fittedSide, i => fitted[i]);
        net.Ranges = RangeFit.Of(net, [.. Enumerable.Range(0, fitted.Length)], fittedSide, i => fitted[i]);

        var all = Enum.GetValues<ConvolutionVariant>().Where(Convolution.Has).Select(variant =>
        {
            var features = new float[exact.Length];
            new EightBitTrunk(NetworkWeights.Of(net), variant).Features(fitted.Length, i => fitted[i], features);
            return features;
        }).ToArray();

        Assert.All(all, features => Assert.Equal(all[0], features));
        Assert.All(exact.Chunk(net.FeatureCount).Zip(all[0].Chunk(net.FeatureCount)), pair => Assert.InRange(TensorPrimitives.CosineSimilarity(pair.First, pair.Second), LeastCosine, 1.0001f));
        // And the network takes them wherever it has ranges.
        Assert.Equal(all[0], new Inference(net).Features(fitted.Length, fittedSide, i => fitted[i]));
    }

    [Fact]
    public void Features_ManyThreadsAndOddBatches_GiveWhatOnePictureGivesAlone()
    {
        using var net = Net(48, [24, 48, 96, 192], [1, 2, 3, 1]);
        var fittedSide = InputFitting.FittedSide(48);
        var fitted = Pictures(fittedSide, 37);
        net.Ranges = RangeFit.Of(net, [.. Enumerable.Range(0, fitted.Length)], fittedSide, i => fitted[i]);
        var trunk = new EightBitTrunk(NetworkWeights.Of(net));
        var alone = fitted.Select(picture =>
        {
            var features = new float[net.FeatureCount];
            trunk.Features(1, _ => picture, features);
            return features;
        }).ToArray();

        Parallel.For(0, 24, turn =>
        {
            // As many as fill the late stages twice and more, in early groups that are full or not.
            var (first, count) = (turn % 5, 1 + (turn * 19 % 150));
            var features = new float[count * net.FeatureCount];
            trunk.Features(count, i => fitted[(first + i) % fitted.Length], features);
            for (var i = 0; i < count; i++) Assert.Equal(alone[(first + i) % fitted.Length], features.AsSpan(i * net.FeatureCount, net.FeatureCount).ToArray());
        });
    }

    [Fact]
    public void Features_CorpusPictures_AreNearlyThoseOfFloat32()
    {
        var corpus = Corpus.Require();
        using var net = Net(64, [32, 64, 128, 256], [1, 1, 1, 1]);
        var fittedSide = InputFitting.FittedSide(64);
        var fitted = corpus.Read().Where((_, i) => i % 40 == 0).Take(200).Select(row => InputFitting.Fit(ImageDecoder.Decode(row.Image, StickerModel.DecodeSide), fittedSide)).ToArray();
        var exact = new Inference(net).Features(fitted.Length, fittedSide, i => fitted[i]);
        // Ranges by every third of them, to be held by all.
        net.Ranges = RangeFit.Of(net, [.. Enumerable.Range(0, fitted.Length / 3).Select(i => 3 * i)], fittedSide, i => fitted[i]);

        var features = new Inference(net).Features(fitted.Length, fittedSide, i => fitted[i]);

        var cosines = exact.Chunk(net.FeatureCount).Zip(features.Chunk(net.FeatureCount)).Select(pair => TensorPrimitives.CosineSimilarity(pair.First, pair.Second)).Order().ToArray();
        Assert.True(cosines[0] >= 0.98 && cosines.Average() >= 0.995, $"Cosines of at least {cosines[0]:F4}, {cosines.Average():F4} on average.");
    }

    [Fact]
    public void Features_RoomThatDoesNotFit_IsRefused()
    {
        using var net = Net(32, [8, 8, 8, 8], [1, 1, 1, 1]);
        Assert.Throws<ArgumentException>(() => new EightBitTrunk(NetworkWeights.Of(net)));
        var fitted = Pictures(40, 2);
        net.Ranges = RangeFit.Of(net, [0, 1], 40, i => fitted[i]);
        var trunk = new EightBitTrunk(NetworkWeights.Of(net));

        Assert.Throws<ArgumentException>(() => trunk.Features(2, i => fitted[i], new float[(2 * net.FeatureCount) - 1]));
        Assert.Throws<ArgumentOutOfRangeException>(() => trunk.Features(0, i => fitted[i], []));
        Assert.Throws<ArgumentException>(() => trunk.Features(1, _ => new byte[7], new float[net.FeatureCount]));
    }

    /// <summary>Untrained, but with normalisations as if it had learned.</summary>
    private static StickerNet Net(int side, int[] widths, int[] blocks)
    {
        torch.manual_seed(side);
        var net = new StickerNet(new NetworkConfiguration { InputSide = side, Widths = widths, Blocks = blocks, Tags = 3, Meanings = 3, VisualDimension = 8, SemanticDimension = 8 });
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var random = new Random(6);
        foreach (var part in FlatParameters.Of(net).Parts.Concat(FlatParameters.BuffersOf(net).Parts).Where(part => part.Name.Contains("bn.", StringComparison.Ordinal)))
            part.Tensor.copy_(torch.tensor([.. Enumerable.Range(0, (int)part.Tensor.numel()).Select(_ => part.Name.EndsWith("bias", StringComparison.Ordinal) || part.Name.EndsWith("mean", StringComparison.Ordinal) ? random.NextSingle() - 0.5f : 0.5f + random.NextSingle())]));
        return net;
    }

    private static byte[][] Pictures(int fittedSide, int count) =>
        [.. Enumerable.Range(0, count).Select(i => InputFitting.Fit(ImageDecoder.Decode(TestStore.Draw(i).Image.Span, StickerModel.DecodeSide), fittedSide))];
}
