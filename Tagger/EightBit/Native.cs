using System.Runtime.InteropServices;

namespace Stickers.Tagger.EightBit;

/// <summary><c>stickers_shape</c> of native/convolution.h.</summary>
[StructLayout(LayoutKind.Sequential)]
internal readonly record struct ConvolutionShape(int Pictures, int InSide, int InChannels, int OutSide, int OutChannels, int Kernel, int Stride);

/// <summary>The functions of native/convolution.h, by their native names.</summary>
internal static unsafe partial class Native
{
    private const string Library = "stickers_tagger";

    [LibraryImport(Library)]
    public static partial int stickers_best_variant();

    [LibraryImport(Library)]
    public static partial int stickers_has_variant(int variant);

    [LibraryImport(Library)]
    public static partial void stickers_words(ConvolutionShape* shape, sbyte* weights, short* words);

    [LibraryImport(Library)]
    public static partial long stickers_winograd_length(ConvolutionShape* shape);

    /// <summary>0, or 1 when their sums could be too large for it.</summary>
    [LibraryImport(Library)]
    public static partial int stickers_winograd_weights(ConvolutionShape* shape, sbyte* weights, short* transformed);

    /// <summary>0, or 1 when the processor has no such variant, 2 when the shape is none that is known or weights are missing, 3 when there is no memory for it.</summary>
    [LibraryImport(Library)]
    public static partial int stickers_convolve(int variant, ConvolutionShape* shape, Layer* layer);

    /// <summary><c>stickers_layer</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct Layer
    {
        public byte* Input;
        public sbyte* Weights;
        public short* Words;
        public short* Winograd;
        public int Narrow;
        public int* Start;
        public float* Scale;
        public float* Offset;
        public byte* Shortcut;
        public float ShortcutScale;
        public float* Addend;
        public byte* Output;
        public float* Sums;
    }
}
