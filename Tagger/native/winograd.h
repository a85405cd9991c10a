// 3 x 3 convolutions of stride 1 by Winograd's F(2 x 2, 3 x 3) (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016): 16 products for four outputs instead of 36.
//
// In whole numbers, so that the sums are those of the plain convolution: weights are transformed by 2G, whose entries are whole, which gives four times the sum. Pixels of 0 to 255 become 16-bit
// numbers within 1020, weights within 1143, and their products are summed in 32 bits as long as there are not too many channels.
#pragma once

#include "convolution.h"

// Channels whose products four times a sum can hold.
constexpr int32_t MostWinogradChannels = 1024;

// A tile is 4 x 4 pixels of the input, and 2 x 2 of the output.
constexpr int WinogradPlaces = 16;

// static: each file has its own, for its processors.
static inline bool IsWinograd(const stickers_shape& s) {
    return s.kernel == 3 && s.stride == 1 && s.in_side % 2 == 0 && s.in_channels % 16 == 0 && s.in_channels <= MostWinogradChannels;
}
