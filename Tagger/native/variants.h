// One for each kind of processor.
#pragma once

#include "convolution.h"

void stickers_convolve_avx512(const stickers_shape& shape, const stickers_layer& layer);
void stickers_convolve_avxvnni(const stickers_shape& shape, const stickers_layer& layer);
// What stickers_convolve answers.
int32_t stickers_convolve_avx2(const stickers_shape& shape, const stickers_layer& layer);
// False when there is no memory for it. For shapes of winograd.h.
bool stickers_winograd_avx2(const stickers_shape& shape, const stickers_layer& layer);
// The same for narrow layers.
bool stickers_narrow_avx2(const stickers_shape& shape, const stickers_layer& layer);
void stickers_convolve_portable(const stickers_shape& shape, const stickers_layer& layer);
