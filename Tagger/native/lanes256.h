// Vectors of 256 bits.
#pragma once

#include <immintrin.h>

#include "kernel.h"

namespace {

struct Lanes256 {
    static constexpr int Width = 8;
    using Sum = __m256i;

    INLINE Sum LoadSums(const int32_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
    INLINE __m256i LoadFour(const uint8_t* from) {
        int32_t four;
        __builtin_memcpy(&four, from, 4);
        return _mm256_set1_epi32(four);
    }
    INLINE __m256 ToFloats(Sum sum) { return _mm256_cvtepi32_ps(sum); }
    INLINE __m256 LoadFloats(const float* from) { return _mm256_loadu_ps(from); }
    INLINE __m256 LoadBytes(const uint8_t* from) { return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)))); }
    INLINE __m256 All(float value) { return _mm256_set1_ps(value); }
    INLINE __m256 Times(__m256 a, __m256 b) { return _mm256_mul_ps(a, b); }
    INLINE __m256 Plus(__m256 a, __m256 b) { return _mm256_add_ps(a, b); }
    INLINE void StoreFloats(float* to, __m256 values) { _mm256_storeu_ps(to, values); }
    INLINE void StoreBytes(uint8_t* to, __m256 values) {
        const auto within = _mm256_min_ps(_mm256_max_ps(values, _mm256_setzero_ps()), _mm256_set1_ps(255));
        const auto whole = _mm256_cvtps_epi32(within);
        const auto words = _mm_packus_epi32(_mm256_castsi256_si128(whole), _mm256_extracti128_si256(whole, 1));
        _mm_storel_epi64(reinterpret_cast<__m128i*>(to), _mm_packus_epi16(words, words));
    }
};

}  // namespace
