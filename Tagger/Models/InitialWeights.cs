using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.Models;

/// <summary>
/// Weights for the trunk to start from, with the names that torchvision and timm give to a ResNet of basic blocks (ResNet-18, ResNet-34), or those of a model of this project. The
/// network takes its shape from them. The heads start anew.
/// </summary>
internal sealed partial class InitialWeights
{
    // What photographs were scaled by (torchvision, "Models and pre-trained weights"), and what this network's input is: (v - 0.6) * 3.
    private static readonly float[] Means = [0.485f, 0.456f, 0.406f];
    private static readonly float[] Deviations = [0.229f, 0.224f, 0.225f];
    private const float OwnMean = 0.6f;
    private const float OwnScale = 3f;
    private const int MostFaults = 8;

    private readonly string _path;
    private readonly Dictionary<string, NamedTensor> _tensors;
    private readonly bool _own;

    private InitialWeights(string path, Dictionary<string, NamedTensor> tensors, string hash)
    {
        _path = path;
        _tensors = tensors;
        _own = tensors.ContainsKey("stem.weight");
        Hash = hash;
        var blocks = tensors.Keys.Select(name => BlockName().Match(name)).Where(match => match.Success).ToLookup(
            match => int.Parse(match.Groups["stage"].Value, CultureInfo.InvariantCulture), match => int.Parse(match.Groups["block"].Value, CultureInfo.InvariantCulture));
        if (Enumerable.Range(1, 4).Any(stage => !blocks[stage].Any()))
            throw new InvalidDataException($"{path} holds no residual network with the names of torchvision or timm: layer1.0.conv1.weight to layer4.0.conv1.weight are expected, {Some(tensors.Keys.Order(StringComparer.Ordinal))} found.");
        if (tensors.ContainsKey("layer1.0.conv3.weight"))
            throw new InvalidDataException($"{path} holds bottleneck blocks (layer1.0.conv3.weight), as ResNet-50 and larger have; this network is made of basic blocks. Take a ResNet-18 or ResNet-34.");
        Blocks = [.. Enumerable.Range(1, 4).Select(stage => blocks[stage].Max() + 1)];
        Widths = [.. Enumerable.Range(1, 4).Select(stage => (int)tensors[$"layer{stage}.0.conv1.weight"].Shape[0])];
    }

    /// <summary>Channels of the four stages.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>Residual blocks of the four stages.</summary>
    public IReadOnlyList<int> Blocks { get; }

    /// <summary>SHA-256 of the file.</summary>
    public string Hash { get; }

    /// <summary>Reads a file in safetensors.</summary>
    /// <exception cref="FileNotFoundException">There is none.</exception>
    /// <exception cref="InvalidDataException">It is not well-formed, or holds no network of a known kind.</exception>
    public static InitialWeights Read(string path)
    {
        if (!File.Exists(path)) throw new FileNotFoundException($"{path}: no such file of initial weights.", path);
        var (tensors, _) = SafeTensors.Read(path, name => name.EndsWith(".num_batches_tracked", StringComparison.Ordinal));
        // Some writers put the network into another one: "model.layer1.0…".
        var first = tensors.Keys.FirstOrDefault(name => name.EndsWith("layer1.0.conv1.weight", StringComparison.Ordinal)) ?? "";
        var prefix = first.Length == 0 ? "" : first[..^"layer1.0.conv1.weight".Length];
        var named = tensors.Where(pair => pair.Key.StartsWith(prefix, StringComparison.Ordinal)).ToDictionary(pair => pair.Key[prefix.Length..], pair => pair.Value, StringComparer.Ordinal);
        using var stream = File.OpenRead(path);
        return new InitialWeights(path, named, Convert.ToHexStringLower(SHA256.HashData(stream)));
    }

    /// <summary>Sets the trunk's weights and running statistics. The network must have <see cref="Widths"/> and <see cref="Blocks"/>.</summary>
    /// <exception cref="InvalidDataException">Tensors are missing or of other shapes; all are listed.</exception>
    public void CopyTo(StickerNet net)
    {
        List<string> faults = [];
        var parameters = Fill(FlatParameters.Of(net), faults);
        var buffers = Fill(FlatParameters.BuffersOf(net), faults);
        if (faults.Count > 0) throw new InvalidDataException($"{_path} does not fit a network of {string.Join("-", Widths)} channels and {string.Join("-", Blocks)} blocks: {Some(faults)}.");
        FlatParameters.Of(net).Write(parameters);
        FlatParameters.BuffersOf(net).Write(buffers);
    }

    private float[] Fill(FlatParameters parts, List<string> faults)
    {
        var values = new float[parts.Length];
        parts.Read(values);
        var offset = 0;
        foreach (var (name, tensor) in parts.Parts)
        {
            var target = values.AsSpan(offset, (int)tensor.numel());
            offset += target.Length;
            if (!name.StartsWith("layer", StringComparison.Ordinal) && !name.StartsWith("stem.", StringComparison.Ordinal)) continue;
            var source = _own ? name : TheirName(name);
            if (!_tensors.TryGetValue(source, out var given))
            {
                faults.Add($"{source} is missing");
            }
            else if (source == "conv1.weight" && given.Shape is [var channels, 3, var height, var width] && channels == tensor.shape[0] && height == width && height >= 3)
            {
                Stem(given.Values.Span, (int)channels, (int)height, target);
            }
            else if (given.Shape.SequenceEqual(tensor.shape))
            {
                given.Values.Span.CopyTo(target);
                if (source == "bn1.running_mean") Shift(target);
            }
            else
            {
                faults.Add($"{source} is [{string.Join(", ", given.Shape)}] instead of [{string.Join(", ", tensor.shape)}]");
            }
        }

        return values;
    }

    /// <summary>Our <c>layer2.0.conv1.bn.bias</c> is their <c>layer2.0.bn1.bias</c>.</summary>
    private static string TheirName(string name) => name
        .Replace("stem.bn.", "bn1.", StringComparison.Ordinal).Replace("stem.weight", "conv1.weight", StringComparison.Ordinal)
        .Replace("downsample.bn.", "downsample.1.", StringComparison.Ordinal).Replace("downsample.weight", "downsample.0.weight", StringComparison.Ordinal)
        .Replace("conv1.bn.", "bn1.", StringComparison.Ordinal).Replace("conv2.bn.", "bn2.", StringComparison.Ordinal);

    /// <summary>
    /// Their first kernel looks at 7x7 of 224 pixels, ours at 3x3 of 64, which is about as much of a picture: the kernel is shrunk by area. Inputs are scaled otherwise; alpha, which they do
    /// not know, counts nothing at first.
    /// </summary>
    private static void Stem(ReadOnlySpan<float> kernels, int channels, int side, Span<float> target)
    {
        target.Clear();
        var step = 3f / side;
        for (var pair = 0; pair < channels * 3; pair++)
        {
            var (channel, colour) = (pair / 3, pair % 3);
            for (var y = 0; y < side * side; y++)
            {
                var (row, column) = (y / side, y % side);
                var value = kernels[(pair * side * side) + y] / (OwnScale * Deviations[colour]);
                for (var cell = 0; cell < 9; cell++)
                    target[(((channel * 4) + colour) * 9) + cell] += value * Overlap(row * step, step, cell / 3) * Overlap(column * step, step, cell % 3);
            }
        }

        // Share of a stretch that lies in a cell of length 1.
        static float Overlap(float start, float length, int cell) => Math.Max(0, Math.Min(start + length, cell + 1) - Math.Max(start, cell)) / length;
    }

    /// <summary>The constant by which their input differs from ours is in the mean that normalisation takes away.</summary>
    private void Shift(Span<float> means)
    {
        var kernel = _tensors["conv1.weight"];
        var area = kernel.Values.Length / (means.Length * 3);
        for (var pair = 0; pair < means.Length * 3; pair++)
        {
            var colour = pair % 3;
            float sum = 0;
            foreach (var value in kernel.Values.Span.Slice(pair * area, area)) sum += value;
            means[pair / 3] -= sum * (OwnMean - Means[colour]) / Deviations[colour];
        }
    }

    private static string Some(IEnumerable<string> all)
    {
        var list = all.ToList();
        return string.Join("; ", list.Take(MostFaults)) + (list.Count > MostFaults ? $"; and {list.Count - MostFaults} more" : "");
    }

    [GeneratedRegex(@"^layer(?<stage>[1-4])\.(?<block>\d{1,3})\.conv1\.weight$", RegexOptions.CultureInvariant)]
    private static partial Regex BlockName();
}
