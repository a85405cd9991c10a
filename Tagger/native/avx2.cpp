// AVX2: pixels are widened to 16 bits once for a call, weights as they are loaded.
#include <algorithm>
#include <cstdlib>

#include "lanes16.h"
#include "variants.h"
#include "winograd.h"

namespace {

// Pixels widened together: half of a small second cache.
constexpr int64_t MostWidened = 128 << 10;

void Widen(const uint8_t* from, int64_t count, uint16_t* to) {
    // Pictures with borders are of whole fours.
    int64_t i = 0;
    for (; i <= count - 16; i += 16) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + i), _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from + i))));
    for (; i < count; i++) to[i] = from[i];
}

}  // namespace

bool stickers_convolve_avx2(const stickers_shape& shape, const stickers_layer& layer) {
    if (layer.winograd && IsWinograd(shape)) return stickers_winograd_avx2(shape, layer);
    const int64_t input = int64_t(shape.in_side + 2) * (shape.in_side + 2) * shape.in_channels;
    const int64_t output = int64_t(shape.out_side + 2) * (shape.out_side + 2) * shape.out_channels, plain = int64_t(shape.out_side) * shape.out_side * shape.out_channels;
    const int most = static_cast<int>(std::clamp<int64_t>(MostWidened / (input * 2), 1, shape.pictures));
    auto* widened = static_cast<uint16_t*>(std::malloc(most * input * 2));
    if (!widened) return false;
    for (int first = 0; first < shape.pictures; first += most) {
        stickers_shape some = shape;
        stickers_layer at = layer;
        some.pictures = std::min(most, shape.pictures - first);
        Widen(layer.input + first * input, some.pictures * input, widened);
        if (layer.shortcut) at.shortcut += first * output;
        if (layer.addend) at.addend += first * plain;
        if (layer.output) at.output += first * output;
        if (layer.sums) at.sums += first * plain;
        Convolve<Lanes16, 1>(some, at, widened);
    }
    std::free(widened);
    return true;
}
