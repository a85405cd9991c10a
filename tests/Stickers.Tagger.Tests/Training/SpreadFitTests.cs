using Stickers.Tagger.Evaluating;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;
using TorchSharp;

namespace Stickers.Tagger.Tests.Training;

public sealed class SpreadFitTests : IDisposable
{
    private const int Side = 32, Tags = 4, Dimension = 16, Prototypes = 60;
    private readonly string _folder = Directory.CreateTempSubdirectory("spread-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Apply_ValidationStickers_LeavesTheUsualOnlyForWhatIsProvenBetter()
    {
        var usual = SpreadFit.Spreads[0];
        var (kept, left, unproven) = (0, 0, 0);
        using var set = DrawnTrainingSet.Create(_folder, Side, validation: 48);
        for (var seed = 1; seed <= 16; seed++)
        {
            using var net = Net(seed, set);

            new SpreadFit(net, set).Apply(null, CancellationToken.None);

            var taken = net.Configuration.PrototypeSpread!.Value;
            var before = Quality(net, set, usual);
            var gains = SpreadFit.Spreads.Skip(1).Select(spread => (Spread: spread, Differences: Quality(net, set, spread).Zip(before, (now, then) => now - then).ToArray())).ToArray();
            var proven = gains.Where(gain => IsProven(gain.Differences)).ToArray();
            Assert.Equal(proven.Length == 0 ? usual : proven.MaxBy(gain => gain.Differences.Average()).Spread, taken);
            if (proven.Length > 0) left++;
            else if (gains.Any(gain => gain.Differences.Average() > 0)) unproven++;
            else kept++;
        }

        Assert.True(left > 0 && unproven > 0, $"The usual spread was left {left} times, kept {kept} times as the best and {unproven} times as none was proven better: not every way was taken.");
    }

    [Fact]
    public void Apply_NoValidationStickers_TakesTheFirst()
    {
        using var set = DrawnTrainingSet.Create(_folder, Side);
        using var net = Net(1, set);

        new SpreadFit(net, set).Apply(null, CancellationToken.None);

        Assert.Equal(SpreadFit.Spreads[0], net.Configuration.PrototypeSpread);
    }

    /// <summary>Prototypes lie near where the drawn stickers do, and carry any tag.</summary>
    private static StickerNet Net(int seed, TrainingSet set)
    {
        torch.manual_seed(seed);
        var net = new StickerNet(new NetworkConfiguration { InputSide = Side, Widths = [8, 4, 8, 8], Tags = Tags, Meanings = Tags, VisualDimension = 16, SemanticDimension = Dimension, Prototypes = Prototypes, PrototypeTags = Prototypes });
        DrawnTrainingSet.Settle(net, set);
        using var scope = torch.NewDisposeScope();
        var semantic = torch.tensor(new Inference(net).Run(48, set.FittedSide, i => set.Image(i)).Semantic, [48, Dimension]);
        var near = semantic.index_select(0, torch.randint(48, [Prototypes], torch.int64)).add(torch.randn(Prototypes, Dimension).mul(0.2f));
        net.SetPrototypes(near, [.. Enumerable.Range(0, Prototypes).Select(i => (i, (i * 7) % Tags))]);
        return net;
    }

    /// <summary>A mean of at least two standard errors.</summary>
    private static bool IsProven(double[] differences)
    {
        var mean = differences.Average();
        var variance = differences.Sum(d => (d - mean) * (d - mean)) / (differences.Length - 1);
        return mean > 0 && mean >= 2 * Math.Sqrt(variance / differences.Length);
    }

    /// <summary>Average precision of each tag.</summary>
    private static double[] Quality(StickerNet net, TrainingSet set, float spread)
    {
        net.SetPrototypeSpread(spread);
        var logits = new Inference(net).Run(48, set.FittedSide, i => set.Image(i)).TagLogits;
        return [.. Enumerable.Range(0, Tags).Select(tag => AveragePrecision.Of([.. Enumerable.Range(0, 48).Select(i => logits[(i * Tags) + tag])], [.. Enumerable.Range(0, 48).Select(i => set.Rows[i].Tags.Contains(tag))])!.Value)];
    }
}
