using System.Diagnostics;
using System.Globalization;
using Stickers.Catalogue;
using Stickers.Storage;
using Stickers.Tagger.Network;
using Stickers.Tagger.Training;
using static TorchSharp.torch;

namespace Stickers.TaggerBench;

/// <summary>Steps of training, one thread, in float32 and bfloat16, against the same network and losses in eager PyTorch; ours also draws and augments its pictures.</summary>
internal static class RateBenchmark
{
    private const string Script = "train_rate.py";
    private const int Tags = 242;
    private const int Meanings = 3971;
    private const int Stickers = 2048;
    private const int Steps = 20;
    private const int Rounds = 5;

    public static int Run(int side)
    {
        var folder = Directory.CreateTempSubdirectory("stickers-rate").FullName;
        try
        {
            NativeHeap.KeepFreed(); // as the loop of a training has it
            using var set = Made(folder, side);
            List<double> whole = [], half = [], given = [], drawing = [], kept = [];
            for (var round = 0; round < Rounds; round++)
            {
                whole.Add(SecondsOf(set, side, bfloat16: false));
                half.Add(SecondsOf(set, side, bfloat16: true));
                given.Add(Seconds(PythonPeer.Run(Script, Arguments(side))));
                drawing.Add(Seconds(PythonPeer.Run(Script, [.. Arguments(side), "pictures"])));
                kept.Add(Seconds(PythonPeer.RunKeepingFreed(Script, [.. Arguments(side), "pictures"])));
                Console.WriteLine($"round {round + 1}: float32 {whole[^1] * 1000:F1}, bfloat16 {half[^1] * 1000:F1}, PyTorch float32 {given[^1] * 1000:F1}, drawing its pictures too {drawing[^1] * 1000:F1}, keeping freed memory as well {kept[^1] * 1000:F1} CPU ms a step of {Trainer.GhostBatch}");
            }

            Console.WriteLine($"{side} pixels, median: float32 {Rate(whole):F0} stickers a CPU second with drawing, {Median(drawing) / Median(whole):F2} of PyTorch's {Rate(drawing):F0}, {Median(kept) / Median(whole):F2} of its {Rate(kept):F0} keeping freed memory, {Median(given) / Median(whole):F2} of its {Rate(given):F0} with pictures given; bfloat16 {Rate(half):F0}, {Median(whole) / Median(half):F2} of float32 (hardware for it: {HalfPrecision.IsFast})");
            return 0;
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string[] Arguments(int side) => [$"{Tags}", $"{Meanings}", $"{Trainer.GhostBatch}", $"{side}", $"{Steps}"];

    private static double Seconds(Finished peer) => double.Parse(peer.Output, CultureInfo.InvariantCulture);

    private static double Rate(List<double> seconds) => Trainer.GhostBatch / Median(seconds);

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static double SecondsOf(TrainingSet set, int side, bool bfloat16)
    {
        var network = new NetworkConfiguration { InputSide = side, Tags = Tags, Meanings = Meanings, CodeBits = 128 };
        manual_seed(1);
        using var replica = new Replica(network, set, new TrainingOptions { Catalogue = "", Version = "", InputSide = side, BFloat16 = bfloat16 }, CPU);
        var parameters = new float[replica.Parameters.Length];
        var buffers = new float[replica.Buffers.Length];
        replica.Parameters.Read(parameters);
        replica.Buffers.Read(buffers);
        var optimizer = new AdamW(replica.Parameters.DecayMask());
        var memory = new VisualMemory(set.Rows, set.TrainingRows, network.VisualDimension);
        var comparison = new VisualComparison(Trainer.GhostBatch, memory.OtherCount, network.VisualDimension);
        var result = new GhostResult(parameters.Length, buffers.Length, Trainer.GhostBatch * network.VisualDimension);
        var random = new Random(1);
        for (var step = 1; step <= 3; step++) Step(step);
        var before = Process.GetCurrentProcess().TotalProcessorTime;
        for (var step = 4; step < 4 + Steps; step++) Step(step);
        return (Process.GetCurrentProcess().TotalProcessorTime - before).TotalSeconds / Steps;

        void Step(int step)
        {
            BatchItem[] items = [.. Enumerable.Range(0, Trainer.GhostBatch).Select(_ => new BatchItem(random.Next(Stickers), random.Next()))];
            memory.Draw(items, random, comparison);
            replica.Compute(parameters, buffers, items, side, comparison, result);
            optimizer.Step(parameters, result.Gradient, 1, step, 8e-3, 0.05);
            memory.Remember(items, result.Visual);
        }
    }

    private static TrainingSet Made(string folder, int side)
    {
        var fitted = InputFitting.FittedSide(side);
        var random = new Random(1);
        var rows = new Dictionary<long, TrainingRow>();
        var pixels = new byte[fitted * fitted * 4];
        using (var stream = File.Create(Path.Combine(folder, "fitted.rgba")))
        {
            for (var row = 0; row < Stickers; row++)
            {
                random.NextBytes(pixels);
                stream.Write(BitConverter.GetBytes((long)row));
                stream.Write(pixels);
                rows.Add(row, new TrainingRow(SplitPart.Train, [.. Enumerable.Range(0, 3).Select(_ => random.Next(Tags)).Distinct().Order()], true, row));
            }
        }

        var part = new LocalStore(folder).FetchAsync("fitted.rgba").GetAwaiter().GetResult();
        return new TrainingSet([part], fitted, new TrainingVocabulary([.. Enumerable.Range(0, Meanings).Select(i => $"{i}")], [.. Enumerable.Repeat(20, Meanings)], Tags), rows);
    }
}
