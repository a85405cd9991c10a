// AVX-512 VNNI: 64 products at a time.
#include <immintrin.h>

#include "kernel.h"
#include "variants.h"

namespace {

struct Lanes {
    static constexpr int Width = 16;
    // 16 sums; with 24, which 32 registers would hold beside what they are made of, GCC 12 moves them to memory and back.
    template <int V>
    static constexpr int Pixels = 16 / V;
    using Sum = __m512i;
    using Weights = __m512i;

    INLINE Weights LoadWeights(const int8_t* from) { return _mm512_loadu_si512(from); }
    INLINE Sum LoadSums(const int32_t* from) { return _mm512_loadu_si512(from); }
    INLINE __m512i Spread(const uint8_t* from) {
        int32_t four;
        __builtin_memcpy(&four, from, 4);
        return _mm512_set1_epi32(four);
    }
    INLINE void Add(Sum& sum, __m512i four, Weights weights) { sum = _mm512_dpbusd_epi32(sum, four, weights); }
    INLINE __m512 ToFloats(Sum sum) { return _mm512_cvtepi32_ps(sum); }
    INLINE __m512 LoadFloats(const float* from) { return _mm512_loadu_ps(from); }
    INLINE __m512 LoadBytes(const uint8_t* from) { return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)))); }
    INLINE __m512 All(float value) { return _mm512_set1_ps(value); }
    INLINE __m512 Times(__m512 a, __m512 b) { return _mm512_mul_ps(a, b); }
    INLINE __m512 Plus(__m512 a, __m512 b) { return _mm512_add_ps(a, b); }
    INLINE void StoreFloats(float* to, __m512 values) { _mm512_storeu_ps(to, values); }
    INLINE void StoreBytes(uint8_t* to, __m512 values) {
        // What is too large for 32 bits becomes 2^31, which is too large for a byte as well.
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm512_cvtusepi32_epi8(_mm512_cvtps_epi32(_mm512_max_ps(values, _mm512_setzero_ps()))));
    }
};

}  // namespace

void stickers_convolve_avx512(const stickers_shape& shape, const stickers_layer& layer) { Convolve<Lanes, 4>(shape, layer); }
