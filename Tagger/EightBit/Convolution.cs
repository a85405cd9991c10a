namespace Stickers.Tagger.EightBit;

/// <summary>
/// A convolution of unsigned bytes by signed ones. Sums are exact; what follows is float32 in one order (native/convolution.h has the formula), so that every processor gives the same bits.
/// Thread-safe. A picture lies in memory with a border of one pixel: (side + 2) x (side + 2) x channels.
/// </summary>
internal sealed class Convolution
{
    /// <summary>Largest weight; -128 is left out, so that weights are symmetric.</summary>
    private const int LargestWeight = 127;
    private const int LargestNarrowWeight = 63;

    /// <summary>Channels of a picture in memory.</summary>
    private const int Pixel = 4;

    /// <summary>Channels between convolutions come in so many.</summary>
    private const int Vector = 16;

    /// <summary>Output channels of a block of packed weights.</summary>
    private const int Block = 64;

    private readonly AlignedMemory<sbyte> _weights;
    private readonly AlignedMemory<int> _start;
    private readonly AlignedMemory<float> _scale;
    private readonly AlignedMemory<float> _offset;

    /// <summary>What the AVX2 build multiplies where Winograd's algorithm serves; null where it does not.</summary>
    private readonly Lazy<AlignedMemory<short>?> _winograd;

    /// <summary>What it multiplies elsewhere.</summary>
    private readonly Lazy<AlignedMemory<short>> _words;

    private readonly bool _narrow;

    /// <summary>Quantises a convolution: each output channel has a scale of its own.</summary>
    /// <param name="kernel">out x in x k x k, row-major.</param>
    /// <param name="offset">What is added to each output channel.</param>
    /// <param name="inChannels">Input channels.</param>
    /// <param name="side">Side of the kernel, k: 1 or 3.</param>
    /// <param name="stride">1 or 2.</param>
    /// <param name="unit">What one step of an input byte stands for, by channel.</param>
    /// <param name="zero">The input byte that stands for 0, by channel; null for another convolution's output, where that is 0.</param>
    /// <param name="outUnit">What one step of the output stands for.</param>
    /// <param name="narrow">Whether input bytes are 63 at most: then weights have 7 bits, and a processor without VNNI is twice as fast. For sums of a kernel of side 1 and stride 1.</param>
    public Convolution(float[] kernel, float[] offset, int inChannels, int side, int stride, ReadOnlySpan<float> unit, byte[]? zero, float outUnit, bool narrow = false)
    {
        var (outChannels, taps) = (offset.Length, side * side);
        (Side, Stride, InChannels, OutChannels) = (side, stride, zero is not null && inChannels <= Pixel && !narrow ? Pixel : Padded(inChannels), Padded(outChannels));
        _weights = new AlignedMemory<sbyte>(OutChannels * InChannels * taps);
        (_start, _scale, _offset) = (new AlignedMemory<int>(OutChannels), new AlignedMemory<float>(OutChannels), new AlignedMemory<float>(OutChannels));
        (_narrow, var largestWeight) = (narrow, narrow ? LargestNarrowWeight : LargestWeight);
        var weights = _weights.Span;
        var start = _start.Span;
        for (var o = 0; o < outChannels; o++)
        {
            var row = kernel.AsSpan(o * inChannels * taps, inChannels * taps);
            var largest = 0f;
            for (var c = 0; c < inChannels; c++)
            {
                for (var tap = 0; tap < taps; tap++) largest = Math.Max(largest, Math.Abs(row[(c * taps) + tap] * unit[c]));
            }

            var scale = largest > 0 ? largest / largestWeight : 1;
            var block = o / Block * Block;
            var width = Math.Min(Block, OutChannels - block);
            for (var tap = 0; tap < taps; tap++)
            {
                // Groups of four input channels, each of them of all output channels of the block.
                var packed = weights.Slice((block * InChannels * taps) + (tap * InChannels * width) + ((o - block) * 4));
                for (var c = 0; c < inChannels; c++)
                {
                    var weight = (sbyte)MathF.Round(row[(c * taps) + tap] * unit[c] / scale);
                    packed[(c / 4 * 4 * width) + (c % 4)] = weight;
                    if (zero is not null) start[o] -= weight * zero[c];
                }
            }

            _scale.Span[o] = scale / outUnit;
            _offset.Span[o] = offset[o] / outUnit;
        }

        _winograd = new(TransformWeights);
        _words = new(WidenWeights);
    }

    /// <summary>Side of the kernel.</summary>
    public int Side { get; }

    /// <summary>Input pixels from one output to the next.</summary>
    public int Stride { get; }

    /// <summary>Channels of the input as it lies in memory: 4 of a picture that is not narrow, else as those of a convolution's output.</summary>
    public int InChannels { get; }

    /// <summary>Channels of the output as it lies in memory, a multiple of 16; those beyond the convolution's own are 0.</summary>
    public int OutChannels { get; }

    /// <summary>The best build for this processor.</summary>
    public static ConvolutionVariant Best { get; } = (ConvolutionVariant)Native.stickers_best_variant();

    /// <summary>Whether this processor runs a build.</summary>
    public static bool Has(ConvolutionVariant variant) => Native.stickers_has_variant((int)variant) != 0;

    /// <summary>To bytes, and none below 0: relu of the sums and of what is added to them.</summary>
    /// <param name="variant">Which build.</param>
    /// <param name="pictures">How many.</param>
    /// <param name="side">Side of the input.</param>
    /// <param name="input">The pictures, with their borders.</param>
    /// <param name="shortcut">What is added, shaped as the output; empty for none.</param>
    /// <param name="shortcutScale">Steps of the output to one of it.</param>
    /// <param name="addend">What is added in steps of the output, without borders; empty for none.</param>
    /// <param name="output">Receives the output; its borders stay as they are.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public void Run(ConvolutionVariant variant, int pictures, int side, ReadOnlySpan<byte> input, ReadOnlySpan<byte> shortcut, float shortcutScale, ReadOnlySpan<float> addend, Span<byte> output)
    {
        var shape = ShapeOf(pictures, side);
        Require(output.Length, Bordered(pictures, shape.OutSide, OutChannels), nameof(output));
        if (shortcut.Length > 0) Require(shortcut.Length, output.Length, nameof(shortcut));
        if (addend.Length > 0) Require(addend.Length, pictures * shape.OutSide * shape.OutSide * OutChannels, nameof(addend));
        Call(variant, shape, input, shortcut, shortcutScale, addend, output, []);
    }

    /// <summary>To sums in steps of the output, negative ones too.</summary>
    /// <param name="variant">Which build.</param>
    /// <param name="pictures">How many.</param>
    /// <param name="side">Side of the input.</param>
    /// <param name="input">The pictures, with their borders.</param>
    /// <param name="sums">Receives them, without borders.</param>
    /// <exception cref="ArgumentException">A length does not fit the shape.</exception>
    public void Run(ConvolutionVariant variant, int pictures, int side, ReadOnlySpan<byte> input, Span<float> sums)
    {
        var shape = ShapeOf(pictures, side);
        Require(sums.Length, pictures * shape.OutSide * shape.OutSide * OutChannels, nameof(sums));
        Call(variant, shape, input, [], 0, [], [], sums);
    }

    /// <summary>Bytes of pictures with their borders.</summary>
    public static int Bordered(int pictures, int side, int channels) => checked(pictures * (side + 2) * (side + 2) * channels);

    private ConvolutionShape ShapeOf(int pictures, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pictures, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        return new ConvolutionShape(pictures, side, InChannels, (side + Stride - 1) / Stride, OutChannels, Side, Stride);
    }

    private unsafe void Call(ConvolutionVariant variant, ConvolutionShape shape, ReadOnlySpan<byte> input, ReadOnlySpan<byte> shortcut, float shortcutScale, ReadOnlySpan<float> addend, Span<byte> output, Span<float> sums)
    {
        Require(input.Length, Bordered(shape.Pictures, shape.InSide, InChannels), nameof(input));
        var transformed = variant == ConvolutionVariant.Avx2 && Native.stickers_winograd_length(&shape) > 0 && _winograd.Value is { } memory ? memory.Span : [];
        var wide = variant == ConvolutionVariant.Avx2 && !_narrow && transformed.IsEmpty ? _words.Value.Span : [];
        // Of an empty span the pointer is null, which means that there is none.
        fixed (byte* from = input, beside = shortcut, to = output)
        fixed (sbyte* weights = _weights.Span)
        fixed (short* words = wide, winograd = transformed)
        fixed (int* start = _start.Span)
        fixed (float* scale = _scale.Span, offset = _offset.Span, added = addend, plain = sums)
        {
            var layer = new Native.Layer { Input = from, Weights = weights, Words = words, Winograd = winograd, Narrow = _narrow ? 1 : 0, Start = start, Scale = scale, Offset = offset, Shortcut = beside, ShortcutScale = shortcutScale, Addend = added, Output = to, Sums = plain };
            var status = Native.stickers_convolve((int)variant, &shape, &layer);
            if (status == 1) throw new PlatformNotSupportedException($"This processor does not run {variant}.");
            if (status == 3) throw new InsufficientMemoryException($"There is no memory for a part of the pixels of {shape} in 16 bits.");
            if (status != 0) throw new NotSupportedException($"The native convolution does not know {shape}.");
        }
    }

    private unsafe AlignedMemory<short>? TransformWeights()
    {
        // A layer has them or not for outputs of any side of whole tiles.
        var shape = new ConvolutionShape(1, 4 * Stride, InChannels, 4, OutChannels, Side, Stride);
        if (Native.stickers_winograd_length(&shape) is var length && length == 0) return null;
        var transformed = new AlignedMemory<short>(checked((int)length));
        fixed (sbyte* weights = _weights.Span)
        fixed (short* to = transformed.Span)
            return Native.stickers_winograd_weights(&shape, weights, to) == 0 ? transformed : null;
    }

    private unsafe AlignedMemory<short> WidenWeights()
    {
        var shape = new ConvolutionShape(1, 1, InChannels, 1, OutChannels, Side, Stride);
        var words = new AlignedMemory<short>(_weights.Span.Length);
        fixed (sbyte* weights = _weights.Span)
        fixed (short* to = words.Span)
            Native.stickers_words(&shape, weights, to);
        return words;
    }

    private static int Padded(int channels) => (channels + Vector - 1) / Vector * Vector;

    private static void Require(int found, int expected, string name)
    {
        if (found != expected) throw new ArgumentException($"{expected} values expected, found {found}.", name);
    }
}
