// 1 x 1 convolutions of bytes of six bits in AVX2.
#include <algorithm>
#include <cstdlib>

#include "lanes256.h"
#include "variants.h"

namespace {

// Pixels whose sums are made at once, and output channels.
constexpr int Together = 3, Wide = 16;

// Steps of four input channels after which sums move from 16 to 32 bits: of two products each they stay within 8 x 63 x 63 = 31752.
constexpr int Steps = 4;

// Sums of P pixels with sixteen output channels.
template <int P>
INLINE void Multiply(const stickers_layer& layer, const uint8_t* const* pixel, int channels, const int8_t* weights, int channel, float* const* to) {
    const auto ones = _mm256_set1_epi16(1);
    __m256i total[P][2];
    for (int v = 0; v < 2; v++) {
        for (int p = 0; p < P; p++) total[p][v] = Lanes256::LoadSums(layer.start + channel + v * 8);
    }
    for (int c = 0; c < channels; c += 4 * Steps, weights += 4 * Steps * Wide) {
        __m256i pairs[P][2];
#pragma GCC unroll 4
        for (int s = 0; s < Steps; s++) {
#pragma GCC unroll 3
            for (int p = 0; p < P; p++) {
                const auto four = Lanes256::LoadFour(pixel[p] + c + 4 * s);
#pragma GCC unroll 2
                for (int v = 0; v < 2; v++) {
                    const auto products = _mm256_maddubs_epi16(four, _mm256_load_si256(reinterpret_cast<const __m256i*>(weights + 4 * s * Wide + v * 32)));
                    pairs[p][v] = s == 0 ? products : _mm256_add_epi16(pairs[p][v], products);
                    // Each sum as it comes, as in multiply16.h.
                    asm("" : "+x"(pairs[p][v]));
                }
            }
        }
#pragma GCC unroll 3
        for (int p = 0; p < P; p++) {
#pragma GCC unroll 2
            for (int v = 0; v < 2; v++) total[p][v] = _mm256_add_epi32(total[p][v], _mm256_madd_epi16(pairs[p][v], ones));
        }
    }
#pragma GCC unroll 2
    for (int v = 0; v < 2; v++) {
        const auto scale = Lanes256::LoadFloats(layer.scale + channel + v * 8), offset = Lanes256::LoadFloats(layer.offset + channel + v * 8);
#pragma GCC unroll 3
        for (int p = 0; p < P; p++) Lanes256::StoreFloats(to[p] + channel + v * 8, Lanes256::Plus(Lanes256::Times(Lanes256::ToFloats(total[p][v]), scale), offset));
    }
}

}  // namespace

bool stickers_narrow_avx2(const stickers_shape& shape, const stickers_layer& layer) {
    const int channels = shape.in_channels, side = shape.out_side, count = shape.pictures * side * side;
    auto* pixels = static_cast<const uint8_t**>(std::malloc(count * sizeof(uint8_t*)));
    auto* sums = static_cast<float**>(std::malloc(count * sizeof(float*)));
    auto* together = static_cast<int8_t*>(std::aligned_alloc(64, channels * Block));
    const bool enough = pixels && sums && together;
    for (int i = 0; enough && i < count; i++) {
        const int picture = i / (side * side), y = i / side % side, x = i % side;
        pixels[i] = layer.input + ((int64_t(picture) * (side + 2) + y + 1) * (side + 2) + x + 1) * channels;
        sums[i] = layer.sums + int64_t(i) * shape.out_channels;
    }
    for (int block = 0; enough && block < shape.out_channels; block += Block) {
        // Rows of a block lie so that they would push each other out of the first cache. Read as they lie: they come from far.
        const int width = std::min(shape.out_channels - block, Block);
        const int8_t* from = layer.weights + int64_t(block) * channels;
        for (int c = 0; c < channels; c += 4) {
            for (int part = 0; part < width; part += Wide, from += 4 * Wide) __builtin_memcpy(together + part * channels + c * Wide, from, 4 * Wide);
        }
        for (int part = 0; part < width; part += Wide) {
            int i = 0;
            for (; i <= count - Together; i += Together) Multiply<Together>(layer, pixels + i, channels, together + part * channels, block + part, sums + i);
            for (; i < count; i++) Multiply<1>(layer, pixels + i, channels, together + part * channels, block + part, sums + i);
        }
    }
    std::free(pixels);
    std::free(sums);
    std::free(together);
    return enough;
}
