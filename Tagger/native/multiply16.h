// Products of 16 bits with AVX2, which multiplies unsigned with signed bytes (vpmaddubsw) only as far as their sums fit into 16 bits, and what follows them.
#pragma once

#include "lanes256.h"

namespace {

// Values whose sums are made at once, and output channels.
constexpr int Together = 6, Wide = 16;

// Values and their products at hand: more than a first cache, which makes no difference, and less than malloc gives back to the system, so that no page has to be fetched again.
constexpr int64_t MostAtHand = 96 << 10;

// Of a chunk, where there are so many values of so many bytes: as few chunks as there can be, and all of about as many.
INLINE int64_t Chunk(int64_t all, int64_t bytes) {
    const int64_t most = MostAtHand / bytes > Together ? MostAtHand / bytes : Together, chunks = (all + most - 1) / most;
    return (all + chunks - 1) / chunks;
}

// In place and as it comes: GCC 12 would add the products of many steps to each other first, and move them to memory and back.
INLINE void AddTo(__m256i& sum, __m256i product) { asm("vpaddd %1, %0, %0" : "+x"(sum) : "x"(product)); }

// Products of N values' channels with the weights of sixteen output channels, added to starts: two channels at a time, of which vpmaddwd adds the products. take gets each value's place and sums.
template <int N, class Take>
INLINE void MultiplyTogether(const int16_t* values, int channels, const int16_t* weights, const __m256i (&start)[2], int64_t place, const Take& take) {
    __m256i total[N][2];
#pragma GCC unroll 8
    for (int i = 0; i < N; i++) {
        total[i][0] = start[0];
        total[i][1] = start[1];
    }
    for (int c = 0; c < channels; c += 2, weights += 32) {
        const auto first = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights)), second = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(weights + 16));
#pragma GCC unroll 8
        for (int i = 0; i < N; i++) {
            int32_t two;
            __builtin_memcpy(&two, values + int64_t(i) * channels + c, sizeof two);
            const auto both = _mm256_set1_epi32(two);
            AddTo(total[i][0], _mm256_madd_epi16(both, first));
            AddTo(total[i][1], _mm256_madd_epi16(both, second));
        }
    }
#pragma GCC unroll 8
    for (int i = 0; i < N; i++) take(place + i, total[i][0], total[i][1]);
}

// The same of any number: not some rounds of as many as there can be and one of few, but all of about as many.
template <class Take>
INLINE void Multiply(const int16_t* values, int count, int channels, const int16_t* weights, const __m256i (&start)[2], const Take& take) {
    int64_t place = 0;
    for (int rounds = (count + Together - 1) / Together; rounds > 0; rounds--) {
        const int n = (count + rounds - 1) / rounds;
        switch (n) {
            case 1: MultiplyTogether<1>(values, channels, weights, start, place, take); break;
            case 2: MultiplyTogether<2>(values, channels, weights, start, place, take); break;
            case 3: MultiplyTogether<3>(values, channels, weights, start, place, take); break;
            case 4: MultiplyTogether<4>(values, channels, weights, start, place, take); break;
            case 5: MultiplyTogether<5>(values, channels, weights, start, place, take); break;
            default: MultiplyTogether<Together>(values, channels, weights, start, place, take); break;
        }
        values += int64_t(n) * channels;
        place += n;
        count -= n;
    }
}

// Sixteen channels of a layer's output, in two vectors.
struct Sixteen {
    struct Floats {
        __m256 low, high;
    };

    INLINE Floats LoadFloats(const float* from) { return {_mm256_loadu_ps(from), _mm256_loadu_ps(from + 8)}; }
    INLINE Floats LoadBytes(const uint8_t* from) { return {Lanes256::LoadBytes(from), Lanes256::LoadBytes(from + 8)}; }
    INLINE Floats All(float value) { return {_mm256_set1_ps(value), _mm256_set1_ps(value)}; }
    INLINE Floats Times(Floats a, Floats b) { return {_mm256_mul_ps(a.low, b.low), _mm256_mul_ps(a.high, b.high)}; }
    INLINE Floats Plus(Floats a, Floats b) { return {_mm256_add_ps(a.low, b.low), _mm256_add_ps(a.high, b.high)}; }
    INLINE void StoreFloats(float* to, Floats values) {
        _mm256_storeu_ps(to, values.low);
        _mm256_storeu_ps(to + 8, values.high);
    }
    // What is below 0 becomes 0 where words become bytes, and what is too far below for 32 bits with it.
    INLINE void StoreBytes(uint8_t* to, Floats values) {
        const auto most = _mm256_set1_ps(255);
        const auto words = _mm256_packs_epi32(_mm256_cvtps_epi32(_mm256_min_ps(values.low, most)), _mm256_cvtps_epi32(_mm256_min_ps(values.high, most)));
        const auto bytes = _mm_packus_epi16(_mm256_castsi256_si128(words), _mm256_extracti128_si256(words, 1));
        _mm_storeu_si128(reinterpret_cast<__m128i*>(to), _mm_shuffle_epi32(bytes, _MM_SHUFFLE(3, 1, 2, 0)));
    }
};

// From sums to scaled ones, of sixteen output channels.
struct Scaling {
    Sixteen::Floats scale, offset;

    // unit: what is summed to stands for so much; a power of two.
    INLINE Scaling Of(const stickers_layer& layer, int channel, float unit = 1) {
        return {Sixteen::Times(Sixteen::LoadFloats(layer.scale + channel), Sixteen::All(unit)), Sixteen::LoadFloats(layer.offset + channel)};
    }
    __attribute__((always_inline)) Sixteen::Floats operator()(__m256i low, __m256i high) const {
        return Sixteen::Plus(Sixteen::Times({_mm256_cvtepi32_ps(low), _mm256_cvtepi32_ps(high)}, scale), offset);
    }
};

}  // namespace
