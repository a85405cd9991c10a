// 3 x 3 convolutions by Winograd's algorithm (Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2016): of a tile of 4 x 4 outputs, what its pixels and the kernel are transformed to
// is multiplied, 36 products where a convolution of stride 1 has 144 and 81 where one of stride 2 has them, and the products are transformed to outputs.
//
// Stride 1: F(4, 3) in either direction, of the points 0, 1, -1, 2, -2 and infinity. Stride 2: along a line, outputs are made of even pixels by the first and the last of three weights, which is F(4, 2)
// of the points 0, 1, -1, 2 and infinity, and of odd pixels by the one between, which is multiplied with each as it is.
//
// In whole numbers, and exact. Weights are transformed 24 or 6 times as large in each direction, which leaves no fraction and makes 576 or 36 times a sum: 2^6 or 2^2 times 9. In 32 bits such a number may
// pass the end; modulo 2^32 it is still right, and can be divided by 9, which has an inverse there. The power of two is left for the float that it becomes, as long as the sum itself, with what it starts from, lies within 2^25 or 2^29. Transformed pixels lie within
// 17340 and weights within 18432, so that 16 bits hold them, and 31 bits the sum of two products.
#pragma once

#include "convolution.h"

// A tile's outputs along a line.
constexpr int TileSide = 4;

// What three weights in a line are transformed to.
constexpr int WeightValues = 6;
constexpr int WeightPlaces = WeightValues * WeightValues;

// Bits by which 9 times a sum is too large.
constexpr int ExcessBits(int stride) { return stride == 1 ? 6 : 2; }

// 9 times it is 1, modulo 2^32.
constexpr uint32_t InverseOfNine = 0x38E38E39;

// static: each file has its own, for its processors.
static inline bool IsWinograd(const stickers_shape& s) { return s.kernel == 3 && s.out_side % TileSide == 0 && s.in_channels % 16 == 0; }
