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

// Every second pixel of every second row, as pictures of their own; their borders are left as they are.
void WidenEverySecond(const stickers_shape& shape, int pictures, const uint8_t* from, uint16_t* to) {
    const int channels = shape.in_channels, side = shape.out_side;
    const int64_t in_side = shape.in_side + 2, out_side = side + 2;
    for (int p = 0; p < pictures; p++) {
        for (int y = 0; y < side; y++) {
            for (int x = 0; x < side; x++)
                Widen(from + ((p * in_side + 2 * y + 1) * in_side + 2 * x + 1) * channels, channels, to + ((p * out_side + y + 1) * out_side + x + 1) * channels);
        }
    }
}

int64_t Bordered(int side, int channels) { return int64_t(side + 2) * (side + 2) * channels; }

}  // namespace

bool stickers_convolve_avx2(const stickers_shape& shape, const stickers_layer& layer) {
    if (layer.winograd && IsWinograd(shape)) return stickers_winograd_avx2(shape, layer);
    const int64_t input = Bordered(shape.in_side, shape.in_channels), output = Bordered(shape.out_side, shape.out_channels), plain = int64_t(shape.out_side) * shape.out_side * shape.out_channels;
    stickers_shape some = shape;
    // A kernel of one pixel reads no others: of those alone it is one of stride 1.
    const bool sparse = shape.kernel == 1 && shape.stride == 2;
    if (sparse) some.in_side = shape.out_side, some.stride = 1;
    const int64_t room = Bordered(some.in_side, shape.in_channels);
    const int most = static_cast<int>(std::clamp<int64_t>(MostWidened / (room * 2), 1, shape.pictures));
    auto* widened = static_cast<uint16_t*>(std::malloc(most * room * 2));
    if (!widened) return false;
    for (int first = 0; first < shape.pictures; first += most) {
        stickers_layer at = layer;
        some.pictures = std::min(most, shape.pictures - first);
        if (sparse) WidenEverySecond(shape, some.pictures, layer.input + first * input, widened);
        else Widen(layer.input + first * input, some.pictures * input, widened);
        if (layer.shortcut) at.shortcut += first * output;
        if (layer.addend) at.addend += first * plain;
        if (layer.output) at.output += first * output;
        if (layer.sums) at.sums += first * plain;
        Convolve<Lanes16, 1>(some, at, widened);
    }
    std::free(widened);
    return true;
}
