using System.Numerics.Tensors;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;
using TorchSharp;

namespace Stickers.Tagger.Tests.Training;

/// <summary>On an untrained network, whose features still tell the drawn stickers apart.</summary>
public sealed class SemanticFitTests : IDisposable
{
    private const int Side = 32;
    private const int Dimension = 16;
    private readonly string _folder = Directory.CreateTempSubdirectory("semantics-").FullName;
    private readonly TrainingSet _set;
    private readonly TagSets _sets;

    public SemanticFitTests()
    {
        _set = DrawnTrainingSet.Create(_folder, Side);
        _sets = TagSets.Of(_set).Training;
    }

    [Fact]
    public void Apply_FewMeanings_BringsThemTogether()
    {
        using var net = Net([8, 4, 8, 8]);
        var before = Purity(Semantic(net));

        Assert.True(Fit(net));

        // Nearest of a like meaning: chance is 11 of 47, an untrained head finds some by size and colour.
        var after = Purity(Semantic(net));
        Assert.True(after > 0.95 && after > before, $"{after} of the nearest have the same tags, {before} before.");
    }

    [Fact]
    public void Apply_FewMeanings_TagVectorsFindTheirStickers()
    {
        using var net = Net([8, 4, 8, 8]);

        Fit(net);

        var semantic = Semantic(net);
        using var scope = torch.NewDisposeScope();
        var tags = net.TagVectors.data<float>().ToArray();
        for (var tag = 0; tag < DrawnTrainingSet.Tags.Length; tag++)
        {
            var vector = tags.AsMemory(tag * Dimension, Dimension);
            Assert.Equal(1, TensorPrimitives.Norm(vector.Span), 1e-4f);
            var found = Enumerable.Range(0, 48).OrderByDescending(i => TensorPrimitives.Dot(semantic[i], vector.Span)).Take(10);
            Assert.All(found, i => Assert.Contains(tag, _set.Rows[i].Tags));
        }
    }

    [Fact]
    public void Apply_SharedPrototypes_AreTheMeansOfTheirStickers()
    {
        var sets = TagSets.Of(_set, most: 8).Training;
        using var net = Net([8, 4, 8, 8], sets);

        Fit(net, sets);

        var semantic = Semantic(net);
        var prototypes = FlatParameters.BuffersOf(net).ToTensors().Single(t => t.Name == "prototypes").Values;
        for (var of = 0; of < 8; of++)
        {
            var mean = new float[Dimension];
            for (var i = 0; i < 48; i++)
            {
                if (sets.PrototypeOfRows[i] == of) TensorPrimitives.Add(mean, semantic[i], mean);
            }
            TensorPrimitives.Divide(mean, TensorPrimitives.Norm<float>(mean), mean);
            var place = of;
            Assert.All(Enumerable.Range(0, Dimension), k => Assert.Equal(mean[k], prototypes.Span[(place * Dimension) + k], 1e-4f));
        }
    }

    [Fact]
    public void TagLogits_WithPrototypes_AreOfTheMixture()
    {
        using var net = Net([8, 4, 8, 8]);
        Fit(net);
        using var plain = new StickerNet(net.Configuration with { Prototypes = 0, PrototypeTags = 0 });
        FlatParameters.Of(plain).Load(FlatParameters.Of(net).ToTensors().ToDictionary(t => t.Name), "test");
        FlatParameters.BuffersOf(plain).Load(FlatParameters.BuffersOf(net).ToTensors().ToDictionary(t => t.Name), "test");

        var mixed = new Inference(net).Run(48, _set.FittedSide, i => _set.Image(i));
        var own = new Inference(plain).Run(48, _set.FittedSide, i => _set.Image(i));

        Assert.Equal(own.Semantic, mixed.Semantic);
        var prototypes = FlatParameters.BuffersOf(net).ToTensors().Single(t => t.Name == "prototypes").Values.ToArray().Chunk(Dimension).ToArray();
        for (var i = 0; i < 48; i++)
        {
            var weights = Array.ConvertAll(prototypes, p => Math.Exp(25.0 * TensorPrimitives.Dot<float>(p, mixed.Semantic.AsSpan(i * Dimension, Dimension))));
            for (var tag = 0; tag < 4; tag++)
            {
                var share = _sets.Suggested.Where(pair => pair.Tag == tag).Sum(pair => weights[pair.Prototype]) / weights.Sum();
                var probability = (0.4 / (1 + Math.Exp(-own.TagLogits[(i * 4) + tag]))) + (0.6 * share);
                Assert.Equal(probability, 1 / (1 + Math.Exp(-mixed.TagLogits[(i * 4) + tag])), 1e-4);
            }
        }
    }

    [Fact]
    public void WithValidation_PrototypesOfStickersHeldOut_CountAsTheOthersAndCanBeTakenAway()
    {
        using var set = DrawnTrainingSet.Create(Directory.CreateDirectory(Path.Combine(_folder, "held")).FullName, Side, validation: 16);
        var (sets, held) = TagSets.Of(set);
        using var net = Net([8, 4, 8, 8], sets);
        new SemanticFit(net, set, sets, new TrainingFeatures(net, set, sets.Rows)).Apply(null, CancellationToken.None);
        using var prototypes = SemanticFit.PrototypesOf(net, held, new TrainingFeatures(net, set, held.Rows), null, CancellationToken.None);

        using var whole = net.WithValidation(prototypes, held.Suggested);

        var (before, after) = (Run(net), Run(whole));
        Assert.Equal(before.Semantic, after.Semantic);
        Assert.Equal(before.Visual, after.Visual);
        using var plain = new StickerNet(net.Configuration with { Prototypes = 0, PrototypeTags = 0 });
        FlatParameters.Of(plain).Load(FlatParameters.Of(net).ToTensors().ToDictionary(t => t.Name), "test");
        FlatParameters.BuffersOf(plain).Load(FlatParameters.BuffersOf(net).ToTensors().ToDictionary(t => t.Name), "test");
        var own = Run(plain);
        // Each of the 48 stickers is now a prototype with its tags.
        var semantic = before.Semantic.Chunk(Dimension).ToArray();
        for (var i = 0; i < 48; i++)
        {
            var weights = Array.ConvertAll(semantic, s => Math.Exp(25.0 * TensorPrimitives.Dot<float>(s, semantic[i])));
            for (var tag = 0; tag < 4; tag++)
            {
                var share = Enumerable.Range(0, 48).Where(j => set.Rows[j].Tags.Contains(tag)).Sum(j => weights[j]) / weights.Sum();
                var probability = (0.4 / (1 + Math.Exp(-own.TagLogits[(i * 4) + tag]))) + (0.6 * share);
                Assert.Equal(probability, 1 / (1 + Math.Exp(-after.TagLogits[(i * 4) + tag])), 1e-4);
            }
        }

        using var without = NetworkWeights.Of(whole).WithoutValidation().ToNet();
        Assert.Equal(net.Configuration, without.Configuration);
        Assert.Equal(before.TagLogits, Run(without).TagLogits);

        RawOutput Run(StickerNet of) => new Inference(of).Run(48, set.FittedSide, i => set.Image(i));
    }

    [Fact]
    public void TagLogits_TagHeadSureBeyondFloats_StayFiniteAndHaveGradients()
    {
        using var net = Net([8, 4, 8, 8]);
        Fit(net);
        FlatParameters.Of(net).Parts.Single(part => part.Name == "tag_head.bias").Tensor.detach().copy_(torch.tensor(new[] { 1000f, -1000f, 120f, -120f }));
        using var scope = torch.NewDisposeScope();
        var features = torch.randn(3, net.FeatureCount).requires_grad_();

        var logits = net.TagLogits(features, net.SemanticOf(net.SemanticFeatures(features)));

        Assert.All(logits.data<float>().ToArray(), logit => Assert.True(float.IsFinite(logit), $"{logit}"));
        Assert.All(torch.autograd.grad([logits.sum()], [features])[0].data<float>().ToArray(), slope => Assert.True(float.IsFinite(slope), $"{slope}"));
    }

    [Fact]
    public void Apply_Twice_GivesTheSame()
    {
        using var net = Net([8, 4, 8, 8]);
        Fit(net);
        var first = FlatParameters.Of(net).ToTensors().Single(t => t.Name == "tag_vectors").Values.ToArray();

        Fit(net);

        Assert.Equal(first, FlatParameters.Of(net).ToTensors().Single(t => t.Name == "tag_vectors").Values.ToArray());
    }

    [Fact]
    public void Apply_FewerLikeStickersThanFeaturesNeed_ChangesNothing()
    {
        using var net = Net([8, 8, 16, 16]);
        var before = FlatParameters.Of(net).ToTensors().SelectMany(t => t.Values.ToArray()).ToArray();

        Assert.False(Fit(net));

        Assert.Equal(before, FlatParameters.Of(net).ToTensors().SelectMany(t => t.Values.ToArray()));
    }

    [Fact]
    public void SemanticFeatures_OfSquashedNetwork_AreThoseOfTheNormalisedFeatures()
    {
        using var net = Net([8, 4, 8, 8]);
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var random = new Random(2);
        var named = FlatParameters.Of(net).Parts.ToDictionary(part => part.Name, part => part.Tensor);
        var (weight, bias) = (named["feature_norm.weight"], named["feature_norm.bias"]);
        float[] gains = [.. Enumerable.Range(0, net.FeatureCount).Select(i => i == 5 ? 0f : (random.NextSingle() * 2) - 1)], offsets = [.. gains.Select(_ => random.NextSingle() - 0.5f)];
        weight.copy_(torch.tensor(gains));
        bias.copy_(torch.tensor(offsets));
        float[] normal = [.. Enumerable.Range(0, net.FeatureCount).Select(_ => (random.NextSingle() * 10) - 5)];
        float[] features = [.. normal.Select((z, i) => (z * gains[i]) + offsets[i])];

        var read = net.SemanticFeatures(torch.tensor(features).unsqueeze(0)).data<float>().ToArray();

        Assert.All(Enumerable.Range(0, read.Length), i => Assert.Equal(i == 5 ? 0 : MathF.Tanh(normal[i] / 3), read[i], 1e-4f));
    }

    public void Dispose()
    {
        _set.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private bool Fit(StickerNet net, TagSets? sets = null) => new SemanticFit(net, _set, sets ?? _sets, new TrainingFeatures(net, _set, _set.TaggedRows)).Apply(null, CancellationToken.None);

    private StickerNet Net(int[] widths, TagSets? sets = null)
    {
        sets ??= _sets;
        torch.manual_seed(3);
        return new StickerNet(new NetworkConfiguration
        {
            InputSide = Side,
            Widths = widths,
            Tags = 4,
            Meanings = 4,
            VisualDimension = 16,
            SemanticDimension = Dimension,
            SquashedSemantics = true,
            Prototypes = sets.PrototypeCount,
            PrototypeTags = sets.Suggested.Length,
            PrototypeSpread = 25,
            TagHeadShare = 0.4f,
        });
    }

    private float[][] Semantic(StickerNet net) =>
        [.. new Inference(net).Run(48, _set.FittedSide, i => _set.Image(i)).Semantic.Chunk(Dimension)];

    /// <summary>Share of stickers whose nearest other one has the same tags.</summary>
    private double Purity(float[][] vectors) => Enumerable.Range(0, vectors.Length).Average(i =>
    {
        var nearest = Enumerable.Range(0, vectors.Length).Where(j => j != i).MaxBy(j => TensorPrimitives.Dot(vectors[i], vectors[j]));
        return _set.Rows[i].Tags.SequenceEqual(_set.Rows[nearest].Tags) ? 1.0 : 0.0;
    });
}
