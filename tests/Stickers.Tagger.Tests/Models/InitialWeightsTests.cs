using System.Text;
using System.Text.Json.Nodes;
using Stickers.Tagger.Models;
using Stickers.Tagger.Network;
using TorchSharp;

namespace Stickers.Tagger.Tests.Models;

/// <summary>On files that this test writes in exactly the names, shapes and types of torchvision's <c>resnet18().state_dict()</c> and its kin.</summary>
public sealed class InitialWeightsTests : IDisposable
{
    private static readonly int[] EighteenWidths = [64, 128, 256, 512];
    private readonly string _path = Path.GetTempFileName();

    [Fact]
    public void Read_ResNet18AndResNet34_HaveTheirShapes()
    {
        Write(ResNet(EighteenWidths, [2, 2, 2, 2]));
        var eighteen = InitialWeights.Read(_path);
        Write(ResNet(EighteenWidths, [3, 4, 6, 3]));
        var thirtyFour = InitialWeights.Read(_path);

        Assert.Equal(EighteenWidths, eighteen.Widths);
        Assert.Equal([2, 2, 2, 2], eighteen.Blocks);
        Assert.Equal([3, 4, 6, 3], thirtyFour.Blocks);
        Assert.NotEqual(eighteen.Hash, thirtyFour.Hash);
    }

    [Fact]
    public void CopyTo_ResNet18_SetsEveryTensorOfTheTrunkAndNoneOfTheHeads()
    {
        var theirs = ResNet(EighteenWidths, [2, 2, 2, 2]);
        Write(theirs);
        var initial = InitialWeights.Read(_path);
        using var net = Net(initial);
        var before = Values(net);

        initial.CopyTo(net);

        var after = Values(net);
        Assert.Equal(theirs["layer1.0.conv1.weight"].Values, after["layer1.0.conv1.weight"]);
        Assert.Equal(theirs["layer1.1.bn2.weight"].Values, after["layer1.1.conv2.bn.weight"]);
        Assert.Equal(theirs["layer3.0.bn1.running_var"].Values, after["layer3.0.conv1.bn.running_var"]);
        Assert.Equal(theirs["layer4.0.downsample.0.weight"].Values, after["layer4.0.downsample.weight"]);
        Assert.Equal(theirs["layer4.0.downsample.1.running_mean"].Values, after["layer4.0.downsample.bn.running_mean"]);
        Assert.Equal(theirs["bn1.bias"].Values, after["stem.bn.bias"]);
        foreach (var (name, values) in after)
        {
            if (name.StartsWith("layer", StringComparison.Ordinal) || name.StartsWith("stem", StringComparison.Ordinal)) Assert.NotEqual(before[name], values);
            else Assert.Equal(before[name], values);
        }
    }

    [Fact]
    public void CopyTo_FlatPicture_GetsTheStemsAnswerOfTheirNetwork()
    {
        // Away from the edges, a picture of one colour makes the first layer answer the same whatever the kernel's size: the kernel's sum, the inputs' scales and the shifted mean must all be right.
        var theirs = ResNet([8, 8, 8, 8], [1, 1, 1, 1]);
        Write(theirs);
        var initial = InitialWeights.Read(_path);
        using var net = Net(initial);
        initial.CopyTo(net);
        var ours = Values(net);
        float[] colour = [0.2f, 0.7f, 0.4f], means = [0.485f, 0.456f, 0.406f], deviations = [0.229f, 0.224f, 0.225f];

        for (var channel = 0; channel < 8; channel++)
        {
            double expected = -theirs["bn1.running_mean"].Values[channel], found = -ours["stem.bn.running_mean"][channel];
            for (var c = 0; c < 3; c++)
            {
                expected += theirs["conv1.weight"].Values.Skip(((channel * 3) + c) * 49).Take(49).Sum() * ((colour[c] - means[c]) / deviations[c]);
                found += ours["stem.weight"].Skip(((channel * 4) + c) * 9).Take(9).Sum() * ((colour[c] - 0.6f) * 3);
            }

            Assert.Equal(expected, found, 1e-3);
            Assert.All(ours["stem.weight"].Skip(((channel * 4) + 3) * 9).Take(9), weight => Assert.Equal(0, weight));
        }
    }

    [Fact]
    public void CopyTo_HalfPrecisionInsideAnotherNetwork_IsTheSame()
    {
        var theirs = ResNet([8, 16, 16, 16], [1, 1, 1, 1]);
        Write(theirs);
        var full = Trunk();
        Write(theirs.ToDictionary(pair => "backbone." + pair.Key, pair => pair.Value), "BF16");
        var half = Trunk();

        Assert.Equal(full.Length, half.Length);
        // bfloat16 has 8 bits of mantissa; the stem's sums of 49 lose a little more.
        Assert.All(full.Zip(half), pair => Assert.Equal(pair.First, pair.Second, Math.Max(0.01, Math.Abs(pair.First) * 0.01)));
    }

    [Fact]
    public void CopyTo_MissingAndMismatched_ListsThem()
    {
        var theirs = ResNet([8, 16, 16, 16], [1, 1, 1, 1]);
        theirs.Remove("layer2.0.bn1.weight");
        theirs["layer3.0.conv2.weight"] = ([16, 16, 1, 1], new float[256]);
        Write(theirs);
        var initial = InitialWeights.Read(_path);
        using var net = Net(initial);

        var fault = Assert.Throws<InvalidDataException>(() => initial.CopyTo(net));

        Assert.Contains("layer2.0.bn1.weight is missing", fault.Message, StringComparison.Ordinal);
        Assert.Contains("layer3.0.conv2.weight is [16, 16, 1, 1] instead of [16, 16, 3, 3]", fault.Message, StringComparison.Ordinal);
        Assert.Contains("8-16-16-16 channels", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_OtherNetworks_SaysWhatIsExpected()
    {
        var fifty = ResNet(EighteenWidths, [1, 1, 1, 1]);
        fifty["layer1.0.conv3.weight"] = ([256, 64, 1, 1], new float[256 * 64]);
        Write(fifty);
        Assert.Contains("ResNet-18 or ResNet-34", Assert.Throws<InvalidDataException>(() => InitialWeights.Read(_path)).Message, StringComparison.Ordinal);

        Write(new() { ["features.0.weight"] = ([1], [1f]) });
        Assert.Contains("features.0.weight found", Assert.Throws<InvalidDataException>(() => InitialWeights.Read(_path)).Message, StringComparison.Ordinal);

        Assert.Throws<FileNotFoundException>(() => InitialWeights.Read(_path + ".none"));
    }

    [Fact]
    public void CopyTo_OwnModel_IsTheSameTrunk()
    {
        torch.manual_seed(3);
        var shape = new NetworkConfiguration { Widths = [8, 8, 8, 16], Tags = 3, Meanings = 5 };
        using var trained = new StickerNet(shape);
        using (var stream = File.Create(_path)) SafeTensors.Write(stream, FlatParameters.Of(trained).ToTensors().Concat(FlatParameters.BuffersOf(trained).ToTensors()));

        var initial = InitialWeights.Read(_path);
        using var net = new StickerNet(shape with { Tags = 7 });
        initial.CopyTo(net);

        Assert.Equal([8, 8, 8, 16], initial.Widths);
        Assert.Equal(Values(trained).Where(pair => pair.Key.StartsWith("layer", StringComparison.Ordinal)).SelectMany(pair => pair.Value), Values(net).Where(pair => pair.Key.StartsWith("layer", StringComparison.Ordinal)).SelectMany(pair => pair.Value));
    }

    public void Dispose() => File.Delete(_path);

    private float[] Trunk()
    {
        var initial = InitialWeights.Read(_path);
        using var net = Net(initial);
        initial.CopyTo(net);
        return [.. Values(net).Where(pair => pair.Key.StartsWith("layer", StringComparison.Ordinal) || pair.Key.StartsWith("stem", StringComparison.Ordinal)).OrderBy(pair => pair.Key, StringComparer.Ordinal).SelectMany(pair => pair.Value)];
    }

    private static StickerNet Net(InitialWeights initial) => new(new NetworkConfiguration { Widths = initial.Widths, Blocks = initial.Blocks, Tags = 3, Meanings = 3, VisualDimension = 8, SemanticDimension = 8 });

    private static Dictionary<string, float[]> Values(StickerNet net) =>
        FlatParameters.Of(net).ToTensors().Concat(FlatParameters.BuffersOf(net).ToTensors()).ToDictionary(tensor => tensor.Name, tensor => tensor.Values.ToArray());

    private static Dictionary<string, (long[] Shape, float[] Values)> ResNet(int[] widths, int[] blocks)
    {
        var random = new Random(9);
        var tensors = new Dictionary<string, (long[], float[])>();
        Add("conv1.weight", widths[0], 3, 7, 7);
        Norm("bn1", widths[0]);
        for (var stage = 0; stage < 4; stage++)
        {
            for (var block = 0; block < blocks[stage]; block++)
            {
                var (name, width) = ($"layer{stage + 1}.{block}", widths[stage]);
                var before = block > 0 || stage == 0 ? widths[stage] : widths[stage - 1];
                Add($"{name}.conv1.weight", width, before, 3, 3);
                Norm($"{name}.bn1", width);
                Add($"{name}.conv2.weight", width, width, 3, 3);
                Norm($"{name}.bn2", width);
                if (block > 0 || stage == 0) continue;
                Add($"{name}.downsample.0.weight", width, before, 1, 1);
                Norm($"{name}.downsample.1", width);
            }
        }

        Add("fc.weight", 1000, widths[3]);
        Add("fc.bias", 1000);
        return tensors;

        void Norm(string name, int width)
        {
            foreach (var part in new[] { "weight", "bias", "running_mean", "running_var" }) Add($"{name}.{part}", width);
            tensors[$"{name}.num_batches_tracked"] = ([], []);
        }

        void Add(string name, params int[] shape) =>
            tensors[name] = ([.. shape.Select(length => (long)length)], [.. Enumerable.Range(0, shape.Aggregate(1, (a, b) => a * b)).Select(_ => (random.NextSingle() * 0.9f) + 0.1f)]);
    }

    private void Write(Dictionary<string, (long[] Shape, float[] Values)> tensors, string type = "F32")
    {
        using var data = new MemoryStream();
        var header = new JsonObject();
        foreach (var (name, (shape, values)) in tensors)
        {
            var start = data.Length;
            if (name.EndsWith("num_batches_tracked", StringComparison.Ordinal)) data.Write(BitConverter.GetBytes(100_000L));
            else if (type == "F32") data.Write(System.Runtime.InteropServices.MemoryMarshal.AsBytes<float>(values));
            else foreach (var value in values) data.Write(BitConverter.GetBytes((ushort)(BitConverter.SingleToUInt32Bits(value) >> 16)));
            header[name] = new JsonObject
            {
                ["dtype"] = name.EndsWith("num_batches_tracked", StringComparison.Ordinal) ? "I64" : type,
                ["shape"] = new JsonArray([.. shape.Select(length => (JsonNode)length)]),
                ["data_offsets"] = new JsonArray(start, data.Length),
            };
        }

        var json = Encoding.UTF8.GetBytes(header.ToJsonString());
        using var file = File.Create(_path);
        file.Write(BitConverter.GetBytes((long)json.Length));
        file.Write(json);
        data.Position = 0;
        data.CopyTo(file);
    }
}
