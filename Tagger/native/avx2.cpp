// AVX2. Its product of unsigned with signed bytes (vpmaddubsw) saturates, so both are widened to 16 bits: pixels once for a call, weights as they are loaded.
#include <algorithm>
#include <cstdlib>

#include "lanes256.h"
#include "variants.h"

namespace {

// A sum is of eight channels, each in two parts: the products of the first two and of the last two bytes of a group.
struct Lanes : Lanes256 {
    template <int V>
    static constexpr int Pixels = 6;
    using Input = uint16_t;
    struct Pair {
        __m256i first, second;
    };
    using Sum = Pair;
    using Weights = Pair;

    INLINE Weights LoadWeights(const int8_t* from) { return {Widened(from), Widened(from + 16)}; }
    INLINE Sum LoadSums(const int32_t* from) { return {Halved(from), Halved(from + 4)}; }
    INLINE __m256i Spread(const uint16_t* from) {
        int64_t four;
        __builtin_memcpy(&four, from, 8);
        return _mm256_set1_epi64x(four);
    }
    INLINE void Add(Sum& sum, __m256i four, const Weights& weights) {
        sum.first = _mm256_add_epi32(sum.first, _mm256_madd_epi16(four, weights.first));
        sum.second = _mm256_add_epi32(sum.second, _mm256_madd_epi16(four, weights.second));
        // Each sum as it comes: GCC 12 would add the products of many steps to each other first, and move them to memory and back.
        asm("" : "+x"(sum.first), "+x"(sum.second));
    }
    INLINE __m256 ToFloats(const Sum& sum) { return _mm256_cvtepi32_ps(_mm256_permute4x64_epi64(_mm256_hadd_epi32(sum.first, sum.second), 0xD8)); }

private:
    INLINE __m256i Widened(const int8_t* from) { return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))); }
    INLINE __m256i Halved(const int32_t* from) { return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))); }
};

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
        Convolve<Lanes, 1>(some, at, widened);
    }
    std::free(widened);
    return true;
}
