using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;
using TorchSharp;

namespace Stickers.Tagger.Tests.Training;

/// <summary>48 drawn squares and discs in two colours and seven sizes, four tags.</summary>
internal static class DrawnTrainingSet
{
    public static readonly string[] Tags = ["disc", "square", "red", "blue"];

    /// <param name="folder">Receives the pictures.</param>
    /// <param name="side">Side of the network's input.</param>
    /// <param name="suggested">How many of the tags are suggested.</param>
    /// <param name="validation">How many stickers, the last, are for validation.</param>
    public static TrainingSet Create(string folder, int side, int suggested = 4, int validation = 0)
    {
        var fitted = InputFitting.FittedSide(side);
        var rows = new Dictionary<long, TrainingRow>();
        var file = Path.Combine(folder, "fitted.rgba");
        using (var stream = File.Create(file))
        {
            for (var i = 0; i < 48; i++)
            {
                bool disc = i % 2 == 0, red = i / 2 % 2 == 0;
                var pixels = new byte[fitted * fitted * 4];
                var radius = 10 + (i % 7);
                for (var y = 0; y < fitted; y++)
                {
                    for (var x = 0; x < fitted; x++)
                    {
                        double dx = x - (fitted / 2.0), dy = y - (fitted / 2.0);
                        if (disc ? (dx * dx) + (dy * dy) > radius * radius : Math.Max(Math.Abs(dx), Math.Abs(dy)) > radius) continue;
                        var o = ((y * fitted) + x) * 4;
                        pixels[o + (red ? 0 : 2)] = 255;
                        pixels[o + 3] = 255;
                    }
                }
                stream.Write(BitConverter.GetBytes((long)i));
                stream.Write(pixels);
                rows.Add(i, new TrainingRow(i < 48 - validation ? SplitPart.Train : SplitPart.Validation, [disc ? 0 : 1, red ? 2 : 3], MayMirror: true, Group: i));
            }
        }
        return new TrainingSet([new LocalStore(folder).FetchAsync("fitted.rgba").GetAwaiter().GetResult()], fitted, new TrainingVocabulary(Tags, [24, 24, 24, 24], suggested), rows);
    }

    /// <summary>Gives an untrained network running statistics of what it sees: without them its features and vectors lie in one narrow cone, where heads have nothing to tell apart.</summary>
    public static void Settle(StickerNet net, TrainingSet set)
    {
        net.train();
        using var scope = torch.NewDisposeScope();
        using var noGrad = torch.no_grad();
        var input = Inference.InputOf(set.Rows.Count, set.FittedSide, i => set.Image(i), net.Configuration.InputSide, torch.CPU);
        for (var i = 0; i < 40; i++) net.forward(input);
        net.eval();
    }
}
