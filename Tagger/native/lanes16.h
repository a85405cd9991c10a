// AVX2 without VNNI. Its product of unsigned with signed bytes (vpmaddubsw) saturates, so 16 bits are multiplied by 16.
#pragma once

#include "lanes256.h"

namespace {

// A sum is of eight channels, each in two parts: the products of the first two and of the last two bytes of a group.
struct Lanes16 : Lanes256 {
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
    // Both parts together, of eight channels in their order.
    INLINE __m256 ToFloats(const Sum& sum) { return _mm256_cvtepi32_ps(_mm256_permute4x64_epi64(_mm256_hadd_epi32(sum.first, sum.second), 0xD8)); }

private:
    INLINE __m256i Widened(const int8_t* from) { return _mm256_cvtepi8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))); }
    INLINE __m256i Halved(const int32_t* from) { return _mm256_cvtepu32_epi64(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from))); }
};

}  // namespace
