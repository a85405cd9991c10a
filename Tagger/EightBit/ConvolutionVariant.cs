namespace Stickers.Tagger.EightBit;

/// <summary>Which build of the native convolution runs; all give the same to the bit. The numbers are those of native/convolution.h.</summary>
internal enum ConvolutionVariant
{
    /// <summary>Any x86-64 processor.</summary>
    Portable = 0,

    /// <summary>AVX2.</summary>
    Avx2 = 1,

    /// <summary>AVX-VNNI.</summary>
    AvxVnni = 2,

    /// <summary>AVX-512 VNNI.</summary>
    Avx512Vnni = 3,
}
