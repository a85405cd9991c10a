using Stickers.Catalogue;
using Stickers.Catalogue.Images;
using Stickers.Pipeline;
using Stickers.Storage;
using Stickers.Tagger.Explaining;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;

namespace Stickers.Tagger.Tests.Explaining;

/// <summary>
/// On a network that learned pictures of four quarters: in one of them stands a red or a blue disc, which is the tag; in another one, always, a green square, which means nothing.
/// </summary>
public sealed class HeatMapTests : IDisposable
{
    private const int Side = 32;
    private const int Parts = 4;
    private readonly string _folder = Directory.CreateTempSubdirectory("stickers-heat").FullName;

    [Fact]
    public void Of_PlantedDisc_PointsAtItAsHidingPartsDoes()
    {
        using var net = Learn();
        var inference = new Inference(net);
        var (pointed, hidden, total, ofHeat) = (0, 0, 0, 0.0);
        for (var number = 1000; number < 1060; number++)
        {
            var (picture, tag, quarter) = Draw(number);
            var fitted = InputFitting.Fit(picture, InputFitting.FittedSide(Side));
            if (Logit(inference, picture, tag) < 0) continue; // what the network does not see it cannot show
            total++;
            var heat = HeatMap.Of(net, picture, fitted, [tag], Parts)[0];
            Assert.Equal(Parts * Parts, heat.Length);
            Assert.All(heat, value => Assert.InRange(value, 0f, 1f));
            Assert.Equal(1f, heat.Max());
            if (QuarterOf(Array.IndexOf(heat, heat.Max())) == quarter) pointed++;
            ofHeat += heat.Where((_, part) => QuarterOf(part) == quarter).Sum() / heat.Sum();

            // The same by hiding each quarter in turn and asking the network again.
            var whole = Logit(inference, picture, tag);
            var loss = Enumerable.Range(0, 4).Select(q => whole - Logit(inference, Without(picture, q), tag)).ToArray();
            if (Array.IndexOf(loss, loss.Max()) == quarter) hidden++;
        }

        Assert.True(total >= 40, $"the network knows {total} of 60 pictures");
        // By chance one in four; hiding is the slower way to the same answer.
        Assert.True(pointed >= 0.85 * total, $"{pointed} of {total} point at the disc, hiding parts {hidden}");
        Assert.True(pointed >= hidden - (0.1 * total), $"{pointed} of {total} point at the disc, hiding parts {hidden}");
        Assert.True(ofHeat / total >= 0.6, $"{ofHeat / total:F2} of the heat is at the disc");
    }

    [Fact]
    public void Of_EmptyParts_AreCold()
    {
        TorchSharp.torch.manual_seed(2);
        using var net = new StickerNet(Shape);
        net.eval();
        var (picture, _, _) = Draw(3);

        var maps = HeatMap.Of(net, picture, InputFitting.Fit(picture, InputFitting.FittedSide(Side)), [0, 1], 8);

        Assert.Equal(2, maps.Count);
        for (var part = 0; part < 64; part++)
        {
            var empty = Enumerable.Range(0, 25).All(i => Alpha(picture, (part % 8 * 5) + (i % 5), (part / 8 * 5) + (i / 5)) == 0);
            if (empty) Assert.All(maps, map => Assert.Equal(0f, map[part]));
        }
    }

    [Fact]
    public void SquareOf_DrawingInACorner_IsWhatIsFitted()
    {
        var rgba = new byte[100 * 60 * 4];
        for (var y = 40; y < 50; y++)
        {
            for (var x = 70; x < 90; x++) rgba.AsSpan(((y * 100) + x) * 4, 4).Fill(255);
        }

        Assert.Equal((70f, 35f, 20f), InputFitting.SquareOf(new RasterImage(100, 60, rgba)));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static NetworkConfiguration Shape { get; } = new() { InputSide = Side, Widths = [16, 8, 16, 16], Tags = 2, Meanings = 2, VisualDimension = 8, SemanticDimension = 8, CodeBits = 8 };

    private StickerNet Learn()
    {
        var fitted = InputFitting.FittedSide(Side);
        var rows = new Dictionary<long, TrainingRow>();
        using (var stream = File.Create(Path.Combine(_folder, "fitted.rgba")))
        {
            for (var number = 0; number < 256; number++)
            {
                var (picture, tag, _) = Draw(number);
                stream.Write(BitConverter.GetBytes((long)number));
                stream.Write(InputFitting.Fit(picture, fitted));
                rows.Add(number, new TrainingRow(SplitPart.Train, [tag], MayMirror: true, Group: number));
            }
        }

        var options = new TrainingOptions { Catalogue = "c", Version = "v", Steps = 150, InputSide = Side, Widths = Shape.Widths, VisualWeight = 0, SemanticWeight = 0, Augmentation = 0.25f };
        var part = new LocalStore(_folder).FetchAsync("fitted.rgba").GetAwaiter().GetResult();
        using var set = new TrainingSet([part], fitted, new TrainingVocabulary(["red", "blue"], [128, 128], 2), rows);
        using var loop = new TrainingLoop(Shape, set, options, StageGroup.Alone);
        loop.Run(() => { }, null, TestContext.Current.CancellationToken);
        var net = new StickerNet(Shape);
        FlatParameters.Of(net).Write(loop.State.AverageParameters);
        FlatParameters.BuffersOf(net).Write(loop.State.AverageBuffers);
        net.eval();
        return net;
    }

    /// <summary>40 x 40 pixels; dots in the corners, so that it is never trimmed.</summary>
    private static (RasterImage Picture, int Tag, int Quarter) Draw(int number)
    {
        var random = new Random(number);
        var (tag, quarter) = (random.Next(2), random.Next(4));
        var other = (quarter + 1 + random.Next(3)) % 4;
        var rgba = new byte[40 * 40 * 4];
        Paint((x, y) => (x is 0 or 39) && (y is 0 or 39), 90, 90, 90);
        Place(quarter, (dx, dy) => (dx * dx) + (dy * dy) < 49, tag == 0 ? 220 : 20, 30, tag == 0 ? 20 : 220);
        Place(other, (dx, dy) => Math.Max(Math.Abs(dx), Math.Abs(dy)) < 7, 30, 200, 40);
        return (new RasterImage(40, 40, rgba), tag, quarter);

        void Place(int at, Func<int, int, bool> inside, int red, int green, int blue)
        {
            int left = (at % 2 * 20) + 10 + random.Next(-2, 3), top = (at / 2 * 20) + 10 + random.Next(-2, 3);
            Paint((x, y) => inside(x - left, y - top), red, green, blue);
        }

        void Paint(Func<int, int, bool> inside, int red, int green, int blue)
        {
            for (var i = 0; i < 1600; i++)
            {
                if (inside(i % 40, i / 40)) new[] { (byte)red, (byte)green, (byte)blue, (byte)255 }.CopyTo(rgba, i * 4);
            }
        }
    }

    private static int QuarterOf(int part) => (part / Parts / (Parts / 2) * 2) + (part % Parts / (Parts / 2));

    private static byte Alpha(RasterImage picture, int x, int y) => picture.Rgba[(((y * picture.Width) + x) * 4) + 3];

    private static RasterImage Without(RasterImage picture, int quarter)
    {
        var rgba = picture.Rgba.ToArray();
        for (var i = 0; i < 1600; i++)
        {
            if (i % 40 / 20 == quarter % 2 && i / 40 / 20 == quarter / 2 && i is not (0 or 39 or 1560 or 1599)) rgba.AsSpan(i * 4, 4).Clear();
        }

        return new RasterImage(40, 40, rgba);
    }

    private static float Logit(Inference inference, RasterImage picture, int tag)
    {
        var fitted = InputFitting.Fit(picture, InputFitting.FittedSide(Side));
        return inference.Run(1, InputFitting.FittedSide(Side), _ => fitted).TagLogits[tag];
    }
}
