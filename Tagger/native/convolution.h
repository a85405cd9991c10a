// Convolutions of 8-bit pictures, for 64-bit Linux.
//
// Pixels are unsigned bytes, weights signed ones, sums 32-bit integers: exact, so that every build of the kernel gives the same. What follows a sum is done in float32, one operation
// after the other and none fused (-ffp-contract=off), so that it gives the same too:
//
//     t = (float)(start[c] + sum of pixels * weights) * scale[c] + offset[c]
//     t = t + (float)shortcut * shortcut_scale, or t + addend, where there is one
//     output = round to nearest even (min(max(t, 0), 255)), or t as it is for sums
//
// A picture is stored with a border of one pixel on each side, which the caller has filled with what stands for nothing: (side + 2) x (side + 2) x channels, row-major.
#pragma once

#include <cstdint>

extern "C" {

// in_channels: a multiple of 4; kernel^2 * in_channels at most 65536. out_channels: a multiple of 16. kernel: 1 or 3. stride: 1 or 2. out_side = (in_side + stride - 1) / stride.
struct stickers_shape {
    int32_t pictures, in_side, in_channels, out_side, out_channels, kernel, stride;
};

// The caller's, all of them; nothing is kept. weights are packed in blocks of 64 output channels, the last of them of what is left: of each, for every row and column of the kernel and
// every four input channels, block x 4 bytes. Where there is no shortcut or no addend, null; at most one of
// them is given, and only with an output. Of output and sums exactly one is given.
struct stickers_layer {
    const uint8_t* input;      // pictures x (in_side + 2)^2 x in_channels
    const int8_t* weights;     // kernel^2 x in_channels x out_channels
    const int16_t* words;      // what stickers_words makes of them, for the AVX2 variant, unless it has what follows and can use it; else null
    const int16_t* winograd;   // what stickers_winograd_weights makes of them, or null; the AVX2 variant uses it for outputs of sides of whole fours
    int32_t narrow;            // not 0 where pixels are 63 at most and weights from -63 to 63, which is for sums of a kernel and a stride of 1 and in_channels of whole sixteens: needs no words then
    const int32_t* start;      // out_channels: what sums start from, minus the weights times the byte that stands for 0
    const float* scale;        // out_channels
    const float* offset;       // out_channels
    const uint8_t* shortcut;   // as output
    float shortcut_scale;
    const float* addend;       // pictures x out_side^2 x out_channels
    uint8_t* output;           // pictures x (out_side + 2)^2 x out_channels; its border is left as it is
    float* sums;               // as addend
};

// Best variant that this processor runs: 3 AVX-512 VNNI, 2 AVX-VNNI, 1 AVX2, 0 any.
__attribute__((visibility("default"))) int32_t stickers_best_variant();

// Whether this processor runs a variant.
__attribute__((visibility("default"))) int32_t stickers_has_variant(int32_t variant);

// Packed weights in 16 bits: of every sixteen output channels, for every two places in the window, 16 x 2 values.
__attribute__((visibility("default"))) void stickers_words(const stickers_shape* shape, const int8_t* weights, int16_t* words);

// How many values stickers_winograd_weights writes for a layer; 0 where it has nothing to say.
__attribute__((visibility("default"))) int64_t stickers_winograd_length(const stickers_shape* shape);

// Transforms a layer's packed weights: of every sixteen output channels, for each of 36 places and every two input channels, 16 x 2 values. 0, or 1 when their sums could be too large for it: then
// they are of no use.
__attribute__((visibility("default"))) int32_t stickers_winograd_weights(const stickers_shape* shape, const int8_t* weights, int16_t* transformed);

// 0, or 1 when the processor has no such variant, 2 when the shape is none that is known or weights are missing, 3 when there is no memory for it.
__attribute__((visibility("default"))) int32_t stickers_convolve(int32_t variant, const stickers_shape* shape, const stickers_layer* layer);
}
