using Stickers.Tagger.Network;
using Stickers.Tagger.Training;
using TorchSharp;

namespace Stickers.Tagger.Tests.Training;

public sealed class TagHeadFitTests : IDisposable
{
    private const int Side = 32, Tags = 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("tag-head-").FullName;
    private readonly TrainingSet _set;

    public TagHeadFitTests() => _set = DrawnTrainingSet.Create(_folder, Side);

    public void Dispose()
    {
        _set.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Apply_UntrainedHead_IsHalfwayToNearTheLeastPenalisedLoss()
    {
        using var net = Net();
        var (weight, bias) = Head(net);
        var others = Others(net);

        new TagHeadFit(net, _set, new TrainingFeatures(net, _set, _set.TaggedRows)).Apply(seed: 1, null, CancellationToken.None);

        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var (weightAfter, biasAfter) = Head(net);
        // What the head was averaged with, on features as they are.
        var fitted = torch.tensor(weightAfter, [Tags, net.FeatureCount]).mul(2).sub(torch.tensor(weight, [Tags, net.FeatureCount]));
        var offset = torch.tensor(biasAfter).mul(2).sub(torch.tensor(bias));
        var features = torch.tensor(new Inference(net).Features(48, _set.FittedSide, i => _set.Image(i)), [48, net.FeatureCount]);
        var labels = torch.zeros(48, Tags);
        for (var i = 0; i < 48; i++)
        {
            foreach (var tag in _set.Rows[i].Tags) labels[i, tag] = 1;
        }

        // A fixed number of steps comes within a tenth of it. Gains are 1 and offsets 0: weights are those of normalised features.
        torch.Tensor Loss(torch.Tensor w, torch.Tensor b) =>
            torch.nn.functional.binary_cross_entropy_with_logits(torch.nn.functional.linear(features, w, b), labels, reduction: torch.nn.Reduction.Sum).div(48).add(w.square().sum().mul(0.005));
        var (found, least) = (Loss(fitted, offset).item<float>(), LeastOf(Loss, net.FeatureCount));
        Assert.InRange(found, least * 0.999f, least * 1.15f);
        Assert.Equal(others, Others(net));
    }

    [Fact]
    public void Apply_FeaturesScaledAndMoved_SameLogits()
    {
        using var net = Net();
        using var scaled = Net();
        var named = FlatParameters.Of(scaled).Parts.ToDictionary(part => part.Name, part => part.Tensor);
        using (torch.no_grad())
        {
            // The same answers before the fit, from features twice as large and moved.
            named["feature_norm.weight"].mul_(2);
            named["feature_norm.bias"].add_(3);
            named["tag_head.bias"].sub_(named["tag_head.weight"].mul(1.5).sum([1L]));
            named["tag_head.weight"].div_(2);
        }

        new TagHeadFit(net, _set, new TrainingFeatures(net, _set, _set.TaggedRows)).Apply(seed: 1, null, CancellationToken.None);
        new TagHeadFit(scaled, _set, new TrainingFeatures(scaled, _set, _set.TaggedRows)).Apply(seed: 1, null, CancellationToken.None);

        var (expected, found) = (Logits(net), Logits(scaled));
        for (var i = 0; i < expected.Length; i++) Assert.Equal(expected[i], found[i], 1e-2f);
    }

    [Fact]
    public void Apply_Stopped_ChangesNothing()
    {
        using var net = Net();
        var before = Head(net);

        Assert.Throws<OperationCanceledException>(() => new TagHeadFit(net, _set, new TrainingFeatures(net, _set, _set.TaggedRows)).Apply(seed: 1, null, new CancellationToken(canceled: true)));

        Assert.Equal(before.Weight, Head(net).Weight);
        Assert.Equal(before.Bias, Head(net).Bias);
    }

    /// <summary>By L-BFGS.</summary>
    private static float LeastOf(Func<torch.Tensor, torch.Tensor, torch.Tensor> loss, int width)
    {
        using var gradients = torch.enable_grad();
        using var weight = new TorchSharp.Modules.Parameter(torch.zeros(Tags, width));
        using var bias = new TorchSharp.Modules.Parameter(torch.zeros(Tags));
        using var optimizer = torch.optim.LBFGS([weight, bias], lr: 0.5, max_iter: 500);
        optimizer.step(() =>
        {
            optimizer.zero_grad();
            var now = loss(weight, bias);
            now.backward();
            return now;
        });
        return loss(weight, bias).item<float>();
    }

    private StickerNet Net()
    {
        torch.manual_seed(3);
        var net = new StickerNet(new NetworkConfiguration { InputSide = Side, Widths = [8, 4, 8, 8], Tags = Tags, Meanings = Tags, VisualDimension = 16, SemanticDimension = 16 });
        DrawnTrainingSet.Settle(net, _set);
        return net;
    }

    private float[] Logits(StickerNet net) => new Inference(net).Run(48, _set.FittedSide, i => _set.Image(i)).TagLogits;

    private static (float[] Weight, float[] Bias) Head(StickerNet net)
    {
        var named = FlatParameters.Of(net).ToTensors().ToDictionary(tensor => tensor.Name, tensor => tensor.Values.ToArray());
        return (named["tag_head.weight"], named["tag_head.bias"]);
    }

    private static float[] Others(StickerNet net) => [.. FlatParameters.Of(net).ToTensors().Where(tensor => !tensor.Name.StartsWith("tag_head", StringComparison.Ordinal)).SelectMany(tensor => tensor.Values.ToArray())];
}
