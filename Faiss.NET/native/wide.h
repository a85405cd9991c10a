// As many numbers at a time as the processors of a build can: 16 floats or 32 words with AVX-512, half of that with AVX2, a fourth on every
// x86-64 processor.
#pragma once
// GCC 12 takes the "any value" of its own AVX-512 intrinsics for a value that was forgotten (its bug 105593).
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#include <immintrin.h>
#pragma GCC diagnostic pop

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace faissnet {

#if defined(__AVX512F__)

using Wide = __m512;
constexpr size_t Lanes = 16;
inline Wide zero() { return _mm512_setzero_ps(); }
inline Wide load(const float* x) { return _mm512_loadu_ps(x); }
inline Wide load(const uint8_t* x) { return _mm512_cvtepi32_ps(_mm512_cvtepu8_epi32(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x)))); }
inline Wide minus(Wide a, Wide b) { return _mm512_sub_ps(a, b); }
inline Wide plus(Wide a, Wide b) { return _mm512_add_ps(a, b); }
inline Wide plus_product(Wide to, Wide a, Wide b) { return _mm512_fmadd_ps(a, b, to); }
inline Wide minus_product(Wide from, Wide a, Wide b) { return _mm512_fnmadd_ps(a, b, from); }
inline float sum(Wide x) { return _mm512_reduce_add_ps(x); }
inline uint32_t above(Wide x, Wide limit) { return _mm512_cmp_ps_mask(x, limit, _CMP_GT_OQ); }
inline Wide all(float x) { return _mm512_set1_ps(x); }

using Words = __m512i;
inline Words no_words() { return _mm512_setzero_si512(); }
inline Words load_words(const int16_t* x) { return _mm512_loadu_si512(x); }
inline Words load_words(const uint8_t* x) { return _mm512_cvtepu8_epi16(_mm256_loadu_si256(reinterpret_cast<const __m256i*>(x))); }
inline Words plus_products(Words to, Words a, Words b) { return _mm512_add_epi32(to, _mm512_madd_epi16(a, b)); }
inline int32_t sum(Words x) { return _mm512_reduce_add_epi32(x); }

#else

inline int32_t sum(__m128i x) {
    x = _mm_add_epi32(x, _mm_shuffle_epi32(x, 0x4e));
    return _mm_cvtsi128_si32(_mm_add_epi32(x, _mm_shuffle_epi32(x, 0xb1)));
}

inline float sum(__m128 x) {
    x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    return _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps(x, x, 1)));
}

#if defined(__AVX2__) && defined(__FMA__)

using Wide = __m256;
constexpr size_t Lanes = 8;
inline Wide zero() { return _mm256_setzero_ps(); }
inline Wide load(const float* x) { return _mm256_loadu_ps(x); }
inline Wide load(const uint8_t* x) { return _mm256_cvtepi32_ps(_mm256_cvtepu8_epi32(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x)))); }
inline Wide minus(Wide a, Wide b) { return _mm256_sub_ps(a, b); }
inline Wide plus(Wide a, Wide b) { return _mm256_add_ps(a, b); }
inline Wide plus_product(Wide to, Wide a, Wide b) { return _mm256_fmadd_ps(a, b, to); }
inline Wide minus_product(Wide from, Wide a, Wide b) { return _mm256_fnmadd_ps(a, b, from); }
inline float sum(Wide x) { return sum(_mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1))); }
inline uint32_t above(Wide x, Wide limit) { return _mm256_movemask_ps(_mm256_cmp_ps(x, limit, _CMP_GT_OQ)); }
inline Wide all(float x) { return _mm256_set1_ps(x); }

using Words = __m256i;
inline Words no_words() { return _mm256_setzero_si256(); }
inline Words load_words(const int16_t* x) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(x)); }
inline Words load_words(const uint8_t* x) { return _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(x))); }
inline Words plus_products(Words to, Words a, Words b) { return _mm256_add_epi32(to, _mm256_madd_epi16(a, b)); }
inline int32_t sum(Words x) { return sum(_mm_add_epi32(_mm256_castsi256_si128(x), _mm256_extracti128_si256(x, 1))); }

#else

using Wide = __m128;
constexpr size_t Lanes = 4;
inline Wide zero() { return _mm_setzero_ps(); }
inline Wide load(const float* x) { return _mm_loadu_ps(x); }
inline Wide load(const uint8_t* x) {
    int four;
    std::memcpy(&four, x, 4);
    __m128i none = _mm_setzero_si128();
    return _mm_cvtepi32_ps(_mm_unpacklo_epi16(_mm_unpacklo_epi8(_mm_cvtsi32_si128(four), none), none));
}
inline Wide minus(Wide a, Wide b) { return _mm_sub_ps(a, b); }
inline Wide plus(Wide a, Wide b) { return _mm_add_ps(a, b); }
inline Wide plus_product(Wide to, Wide a, Wide b) { return _mm_add_ps(to, _mm_mul_ps(a, b)); }
inline Wide minus_product(Wide from, Wide a, Wide b) { return _mm_sub_ps(from, _mm_mul_ps(a, b)); }
inline uint32_t above(Wide x, Wide limit) { return _mm_movemask_ps(_mm_cmpgt_ps(x, limit)); }
inline Wide all(float x) { return _mm_set1_ps(x); }

using Words = __m128i;
inline Words no_words() { return _mm_setzero_si128(); }
inline Words load_words(const int16_t* x) { return _mm_loadu_si128(reinterpret_cast<const __m128i*>(x)); }
inline Words load_words(const uint8_t* x) { return _mm_unpacklo_epi8(_mm_loadl_epi64(reinterpret_cast<const __m128i*>(x)), _mm_setzero_si128()); }
inline Words plus_products(Words to, Words a, Words b) { return _mm_add_epi32(to, _mm_madd_epi16(a, b)); }

#endif
#endif

// Bit i: whether number i of 16 is above the limit.
inline uint32_t above(const float* sixteen, float limit) {
    uint32_t bits = 0;
#pragma GCC unroll 4
    for (size_t i = 0; i < 16; i += Lanes) bits |= above(load(sixteen + i), all(limit)) << i;
    return bits;
}

}  // namespace faissnet
