using Stickers.Tagger.Network;
using Stickers.Tagger.Training;
using TorchSharp;

namespace Stickers.Tagger.Tests.Training;

public sealed class CodeFitTests : IDisposable
{
    private const int Side = 32, Bits = 32;
    private readonly string _folder = Directory.CreateTempSubdirectory("codes-").FullName;
    private readonly TrainingSet _set;

    public CodeFitTests() => _set = DrawnTrainingSet.Create(_folder, Side);

    public void Dispose()
    {
        _set.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Apply_SomeSteps_CodesTellDistanceBetterAndNothingElseChanges()
    {
        torch.manual_seed(5);
        using var net = new StickerNet(new NetworkConfiguration { InputSide = Side, Widths = [8, 8, 8, 8], Tags = 4, Meanings = 4, VisualDimension = 16, SemanticDimension = 12, CodeBits = Bits });
        var before = Correlation(net);
        var others = Others(net);

        new CodeFit(net, _set).Apply(400, seed: 1, null, CancellationToken.None);

        var after = Correlation(net);
        Assert.True(after > before + 0.05, $"shared bits follow cosines with a correlation of {after:0.000}, before {before:0.000}");
        Assert.Equal(others, Others(net));
    }

    [Fact]
    public void Apply_SameSeed_SameHead()
    {
        float[] Head()
        {
            torch.manual_seed(5);
            using var net = new StickerNet(new NetworkConfiguration { InputSide = Side, Widths = [8, 8, 8, 8], Tags = 4, Meanings = 4, VisualDimension = 16, SemanticDimension = 12, CodeBits = Bits });
            new CodeFit(net, _set).Apply(20, seed: 1, null, CancellationToken.None);
            return net.CodeHead!.weight.data<float>().ToArray();
        }

        Assert.Equal(Head(), Head());
    }

    private static float[] Others(StickerNet net) => [.. FlatParameters.Of(net).ToTensors().Where(tensor => !tensor.Name.StartsWith("code_head", StringComparison.Ordinal)).SelectMany(tensor => tensor.Values.ToArray())];

    /// <summary>Between cosine and shared bits, over all pairs of stickers.</summary>
    private double Correlation(StickerNet net)
    {
        var visual = new Inference(net).Run(_set.Rows.Count, _set.FittedSide, i => _set.Image(i)).Visual;
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var vectors = torch.tensor(visual, [_set.Rows.Count, 16]);
        var signs = net.CodeValues(vectors).sign();
        var (x, y) = (vectors.matmul(vectors.t()).flatten(), signs.matmul(signs.t()).flatten());
        return torch.corrcoef(torch.stack([x, y]))[0, 1].item<float>();
    }
}
