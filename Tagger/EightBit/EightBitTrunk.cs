using System.Collections.Concurrent;
using System.Numerics.Tensors;
using Stickers.Tagger.Network;

namespace Stickers.Tagger.EightBit;

/// <summary>
/// The trunk of a network, from pictures to what its heads read, in 8 bits: activations are bytes, each layer's in steps of a 255th of its range. What comes out is the same to the bit on
/// every processor. Thread-safe.
/// </summary>
internal sealed class EightBitTrunk
{
    /// <summary>Pictures that go through a layer together: many share the reading of weights, few stay in the cache.</summary>
    private const int Group = 8;

    private readonly Convolution _stem;
    private readonly Stage[] _stages;
    private readonly float[] _gain;
    private readonly float[] _shift;
    private readonly int _side;
    private readonly IReadOnlyList<int> _widths;
    private readonly ConvolutionVariant _variant;
    private readonly ConcurrentBag<Workspace> _idle = [];

    /// <param name="weights">Of a network with ranges.</param>
    /// <param name="variant">Which build of the convolution; null for the best one.</param>
    public EightBitTrunk(NetworkWeights weights, ConvolutionVariant? variant = null)
    {
        var ranges = weights.Ranges ?? throw new ArgumentException("The network has no ranges of activations.", nameof(weights));
        _variant = variant ?? Convolution.Best;
        (_side, _widths) = (weights.Shape.InputSide, weights.Shape.Widths);
        var units = new Queue<float>(ranges.Values.Select(range => range / byte.MaxValue));
        var (unit, channels) = (units.Dequeue(), _widths[0]);
        _stem = Quantise(weights, "stem", PlainView.Unit, PlainView.Zero.ToArray(), channels, 3, 2, unit);
        _stages = [.. _widths.Select((width, stage) => new Stage(_side >> (stage + 1), [.. Enumerable.Range(0, weights.Shape.Blocks[stage]).Select(i =>
        {
            // As StickerNet's and BasicBlock's constructors have it.
            var (name, stride) = ($"layer{stage + 1}.{i}", stage > 0 && i == 0 ? 2 : 1);
            var (inUnit, before, between) = (unit, Same(unit, channels), units.Dequeue());
            (unit, channels) = (units.Dequeue(), width);
            return new Block(
                Quantise(weights, $"{name}.conv1", before, null, width, 3, stride, between),
                Quantise(weights, $"{name}.conv2", Same(between, width), null, width, 3, 1, unit),
                stride != 1 || before.Length != width ? Quantise(weights, $"{name}.downsample", before, null, width, 1, stride, unit) : null,
                inUnit / unit);
        })]))];
        FeatureCount = weights.FeatureCount;
        (_gain, _shift) = weights.Affine("feature_norm", FeatureCount);
    }

    /// <summary>Number of values that the heads read.</summary>
    public int FeatureCount { get; }

    /// <summary>What the heads read of pictures: n x F, row-major.</summary>
    /// <param name="count">n, at least 1.</param>
    /// <param name="fitted">The fitted pictures by their place.</param>
    /// <param name="features">Receives them.</param>
    public void Features(int count, FittedImage fitted, Span<float> features)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        if (features.Length != count * FeatureCount) throw new ArgumentException($"Room for {count * FeatureCount} values expected, found {features.Length}.", nameof(features));
        var work = _idle.TryTake(out var found) ? found : new Workspace(_side, _stages);
        for (var first = 0; first < count; first += Group)
        {
            var n = Math.Min(Group, count - first);
            Run(work, n, fitted, first, features.Slice(first * FeatureCount, n * FeatureCount));
        }

        _idle.Add(work);
    }

    private void Run(Workspace work, int n, FittedImage fitted, int first, Span<float> features)
    {
        var input = work.Input(n);
        for (var i = 0; i < n; i++) PlainView.Draw(fitted(first + i), _side, input.Slice(input.Length / n * i, input.Length / n));
        var x = work.Maps[0].Out(n);
        _stem.Run(_variant, n, _side, input, [], 0, [], x);
        var (side, offset) = (_stages[0].Side, 0);
        for (var s = 0; s < _stages.Length; s++)
        {
            var (stage, maps) = (_stages[s], work.Maps[s]);
            foreach (var block in stage.Blocks)
            {
                var between = maps.Between(n);
                block.First.Run(_variant, n, side, x, [], 0, [], between);
                maps.Turn();
                var y = maps.Out(n);
                if (block.Shortcut is { } shortcut)
                {
                    var addend = maps.Addend(n);
                    shortcut.Run(_variant, n, side, x, addend);
                    block.Second.Run(_variant, n, stage.Side, between, [], 0, addend, y);
                }
                else
                {
                    block.Second.Run(_variant, n, stage.Side, between, x, block.ShortcutScale, [], y);
                }

                x = y;
                side = stage.Side;
            }

            // As StickerNet.FeaturesOf: coarse maps of the second and third stage, the mean of the fourth.
            if (s == 0) continue;
            var parts = 8 >> s; // 4, 2, 1;
            var values = _widths[s] * parts * parts;
            for (var i = 0; i < n; i++) MapPool.Unit(x.Slice(x.Length / n * i, x.Length / n), stage.Side, stage.Channels, parts, features.Slice((i * FeatureCount) + offset, values));
            offset += values;
        }

        for (var i = 0; i < n; i++)
        {
            // Not as one operation, which would round otherwise than processors do that have none.
            var row = features.Slice(i * FeatureCount, FeatureCount);
            TensorPrimitives.Multiply(row, _gain, row);
            TensorPrimitives.Add(row, _shift, row);
        }
    }

    /// <param name="weights">The network's.</param>
    /// <param name="name">The layer's.</param>
    /// <param name="units">What a step of the input stands for, by channel.</param>
    /// <param name="zero">As <see cref="Convolution"/> takes it.</param>
    /// <param name="outChannels">Channels of the output.</param>
    /// <param name="side">Side of the kernel.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="outUnit">What a step of the output stands for.</param>
    private static Convolution Quantise(NetworkWeights weights, string name, ReadOnlySpan<float> units, byte[]? zero, int outChannels, int side, int stride, float outUnit)
    {
        var (kernel, offset) = weights.Folded(name, units.Length, outChannels, side);
        return new Convolution(kernel, offset, units.Length, side, stride, units, zero, outUnit);
    }

    private static float[] Same(float unit, int channels)
    {
        var units = new float[channels];
        Array.Fill(units, unit);
        return units;
    }

    /// <param name="First">Convolution and ReLU.</param>
    /// <param name="Second">Convolution, to which the shortcut is added, and ReLU.</param>
    /// <param name="Shortcut">Null where the input is added as it is.</param>
    /// <param name="ShortcutScale">Steps of the output to one of the input.</param>
    private sealed record Block(Convolution First, Convolution Second, Convolution? Shortcut, float ShortcutScale);

    /// <param name="Side">Of its maps.</param>
    /// <param name="Blocks">Of which the first may shrink its input.</param>
    private sealed record Stage(int Side, Block[] Blocks)
    {
        /// <summary>Channels as they lie in memory.</summary>
        public int Channels => Blocks[0].Second.OutChannels;
    }

    /// <summary>Room for what a stage makes of a group of pictures. The borders of maps are 0 and stay so.</summary>
    private sealed class Maps(Stage stage)
    {
        private readonly AlignedMemory<byte> _between = New(stage);
        private readonly AlignedMemory<float> _addend = new(Group * stage.Side * stage.Side * stage.Channels);
        private AlignedMemory<byte> _out = New(stage);
        private AlignedMemory<byte> _other = New(stage);

        public Span<byte> Between(int n) => Part(_between, n);

        public Span<byte> Out(int n) => Part(_out, n);

        public Span<float> Addend(int n) => _addend.Span[..(_addend.Length / Group * n)];

        /// <summary>Makes room beside what is the output now, and will be the input.</summary>
        public void Turn() => (_out, _other) = (_other, _out);

        private static AlignedMemory<byte> New(Stage stage) => new(Convolution.Bordered(Group, stage.Side, stage.Channels));

        private static Span<byte> Part(AlignedMemory<byte> maps, int n) => maps.Span[..(maps.Length / Group * n)];
    }

    /// <summary>What one thread needs.</summary>
    private sealed class Workspace(int side, Stage[] stages)
    {
        private readonly AlignedMemory<byte> _input = new(Convolution.Bordered(Group, side, 4));

        public Maps[] Maps { get; } = [.. stages.Select(stage => new Maps(stage))];

        public Span<byte> Input(int n) => _input.Span[..(_input.Length / Group * n)];
    }
}
