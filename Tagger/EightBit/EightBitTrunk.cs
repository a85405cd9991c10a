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
    /// <summary>Pictures that go through a layer of the early stages together: their maps are large, and those of few stay in the cache.</summary>
    private const int Early = 8;

    /// <summary>And through one of the late stages: their weights are large, and many pictures share the reading of them.</summary>
    private const int Late = 64;

    /// <summary>The first of the late stages.</summary>
    private const int FirstLate = 2;

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
        for (var first = 0; first < count; first += Late)
        {
            var n = Math.Min(Late, count - first);
            Run(work, n, fitted, first, features.Slice(first * FeatureCount, n * FeatureCount));
        }

        _idle.Add(work);
    }

    private void Run(Workspace work, int n, FittedImage fitted, int first, Span<float> features)
    {
        for (var at = 0; at < n; at += Early)
        {
            var few = Math.Min(Early, n - at);
            for (var i = 0; i < few; i++) PlainView.Draw(fitted(first + at + i), _side, work.Input.Of(1, i));
            _stem.Run(_variant, few, _side, work.Input.Of(few), [], 0, [], work.Stem.Of(few));
            ReadOnlySpan<byte> x = work.Stem.Of(few);
            for (var s = 0; s < FirstLate; s++) x = Through(s, work.Rooms[s], few, x, s == FirstLate - 1 ? at : 0);
        }

        ReadOnlySpan<byte> late = work.Rooms[FirstLate - 1].Result.Of(n);
        for (var s = FirstLate; s < _stages.Length; s++) late = Through(s, work.Rooms[s], n, late, 0);

        // As StickerNet.FeaturesOf: coarse maps of the second and third stage, the mean of the fourth.
        for (var (s, offset) = (1, 0); s < _stages.Length; s++)
        {
            var parts = 8 >> s; // 4, 2, 1
            var values = _widths[s] * parts * parts;
            for (var i = 0; i < n; i++) MapPool.Unit(work.Rooms[s].Result.Of(1, i), _stages[s].Side, _stages[s].Channels, parts, features.Slice((i * FeatureCount) + offset, values));
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

    /// <summary>Takes pictures through a stage.</summary>
    /// <param name="s">Which.</param>
    /// <param name="room">Its room.</param>
    /// <param name="n">How many pictures.</param>
    /// <param name="x">What the stage before made of them.</param>
    /// <param name="at">Their place in the room's result.</param>
    /// <returns>The result.</returns>
    private ReadOnlySpan<byte> Through(int s, Room room, int n, ReadOnlySpan<byte> x, int at)
    {
        var (side, stage) = (_stages[Math.Max(s - 1, 0)].Side, _stages[s]);
        for (var i = 0; i < stage.Blocks.Length; i++)
        {
            var block = stage.Blocks[i];
            var between = room.Between.Of(n);
            // By turns, so that the last is the result.
            var y = (stage.Blocks.Length - i) % 2 == 1 ? room.Result.Of(n, at) : room.Spare.Of(n);
            block.First.Run(_variant, n, side, x, [], 0, [], between);
            if (block.Shortcut is { } shortcut)
            {
                var addend = room.Addend(n);
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

        return x;
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

    /// <summary>Maps of pictures. Their borders are 0 and stay so.</summary>
    private sealed class Maps(int pictures, int side, int channels)
    {
        private readonly int _length = Convolution.Bordered(1, side, channels);
        private readonly AlignedMemory<byte> _memory = new(Convolution.Bordered(pictures, side, channels));

        public Span<byte> Of(int n, int first = 0) => _memory.Span.Slice(first * _length, n * _length);
    }

    /// <summary>Room for what a stage makes of pictures.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="pictures">That go through it together.</param>
    /// <param name="results">That its result has room for.</param>
    private sealed class Room(Stage stage, int pictures, int results)
    {
        private readonly int _addendLength = stage.Side * stage.Side * stage.Channels;
        private readonly AlignedMemory<float> _addend = new(stage.Blocks.Any(block => block.Shortcut is not null) ? pictures * stage.Side * stage.Side * stage.Channels : 0);

        public Maps Between { get; } = new(pictures, stage.Side, stage.Channels);

        public Maps Spare { get; } = new(stage.Blocks.Length > 1 ? pictures : 0, stage.Side, stage.Channels);

        public Maps Result { get; } = new(results, stage.Side, stage.Channels);

        public Span<float> Addend(int n) => _addend.Span[..(n * _addendLength)];
    }

    /// <summary>What one thread needs.</summary>
    private sealed class Workspace(int side, Stage[] stages)
    {
        public Maps Input { get; } = new(Early, side, 4);

        public Maps Stem { get; } = new(Early, stages[0].Side, stages[0].Channels);

        public Room[] Rooms { get; } = [.. stages.Select((stage, s) => new Room(stage, s < FirstLate ? Early : Late, s < FirstLate - 1 ? Early : Late))];
    }
}
