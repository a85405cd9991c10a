#include "codes.h"

#include <algorithm>
#include <cmath>

namespace faissnet {

namespace {

#if defined(__AVX512F__)

// A build for AVX-512 asks for what every such processor has; the products of bytes came a little later.
#define FAISSNET_VNNI __attribute__((target("avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")))

FAISSNET_VNNI inline __m512i row_products(const uint8_t* row, const int8_t* high, const int8_t* low, size_t d) {
    __m512i h = _mm512_setzero_si512(), l = _mm512_setzero_si512();
    size_t i = 0;
    for (; i + 64 <= d; i += 64) {
        __m512i codes = _mm512_loadu_si512(row + i);
        h = _mm512_dpbusd_epi32(h, codes, _mm512_loadu_si512(high + i));
        l = _mm512_dpbusd_epi32(l, codes, _mm512_loadu_si512(low + i));
    }
    if (i < d) {
        __m512i codes = _mm512_maskz_loadu_epi8(~uint64_t{0} >> (64 - (d - i)), row + i);
        h = _mm512_dpbusd_epi32(h, codes, _mm512_loadu_si512(high + i));
        l = _mm512_dpbusd_epi32(l, codes, _mm512_loadu_si512(low + i));
    }
    return _mm512_add_epi32(_mm512_slli_epi32(h, 7), l);
}

// The sums of 16 registers, in one.
FAISSNET_VNNI inline __m512i sums_of(__m512i* r) {
#pragma GCC unroll 8
    for (int i = 0; i < 8; i++) r[i] = _mm512_add_epi32(_mm512_unpacklo_epi32(r[2 * i], r[2 * i + 1]), _mm512_unpackhi_epi32(r[2 * i], r[2 * i + 1]));
#pragma GCC unroll 4
    for (int i = 0; i < 4; i++) r[i] = _mm512_add_epi32(_mm512_unpacklo_epi64(r[2 * i], r[2 * i + 1]), _mm512_unpackhi_epi64(r[2 * i], r[2 * i + 1]));
#pragma GCC unroll 2
    for (int i = 0; i < 2; i++) r[i] = _mm512_add_epi32(_mm512_shuffle_i32x4(r[2 * i], r[2 * i + 1], 0x44), _mm512_shuffle_i32x4(r[2 * i], r[2 * i + 1], 0xee));
    return _mm512_add_epi32(_mm512_shuffle_i32x4(r[0], r[1], 0x88), _mm512_shuffle_i32x4(r[0], r[1], 0xdd));
}

// 128 numbers are the usual, and the factors of so many stay in registers.
FAISSNET_VNNI void products_vnni(const uint8_t* codes, size_t some, size_t stride, const int8_t* high, const int8_t* low, size_t d, int32_t* sums) {
    __m512i rows[Factors::Block];
    if (some == Factors::Block && d == 128) {
        __m512i h0 = _mm512_loadu_si512(high), h1 = _mm512_loadu_si512(high + 64), l0 = _mm512_loadu_si512(low), l1 = _mm512_loadu_si512(low + 64);
        __m512i none = _mm512_setzero_si512();
#pragma GCC unroll 16
        for (size_t r = 0; r < Factors::Block; r++) {
            __m512i a = _mm512_loadu_si512(codes + r * stride), b = _mm512_loadu_si512(codes + r * stride + 64);
            __m512i h = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(none, a, h0), b, h1), l = _mm512_dpbusd_epi32(_mm512_dpbusd_epi32(none, a, l0), b, l1);
            rows[r] = _mm512_add_epi32(_mm512_slli_epi32(h, 7), l);
        }
    } else {
        for (size_t r = 0; r < Factors::Block; r++) rows[r] = r < some ? row_products(codes + r * stride, high, low, d) : _mm512_setzero_si512();
    }
    _mm512_storeu_si512(sums, sums_of(rows));
}

const bool has_vnni = __builtin_cpu_supports("avx512vnni");

#endif

template <size_t Count>
void products_words(const uint8_t* codes, size_t stride, const int16_t* words, size_t d, int32_t* found) {
    Words sums[Count];
    for (auto& s : sums) s = no_words();
    size_t i = 0;
    for (; i + 2 * Lanes <= d; i += 2 * Lanes) {
        Words factors = load_words(words + i);
#pragma GCC unroll 4
        for (size_t c = 0; c < Count; c++) sums[c] = plus_products(sums[c], factors, load_words(codes + c * stride + i));
    }
    for (size_t c = 0; c < Count; c++) {
        int32_t rest = 0;
        for (size_t j = i; j < d; j++) rest += words[j] * codes[c * stride + j];
        found[c] = sum(sums[c]) + rest;
    }
}

}  // namespace

void Factors::set(const float* factors, size_t d) {
    d_ = d;
    words_.resize(d);
    high_.assign((d + 63) / 64 * 64, 0);
    low_.assign(high_.size(), 0);
    float largest = 0, all = 0;
    for (size_t i = 0; i < d; i++) {
        float size = std::abs(factors[i]);
        largest = std::max(largest, size);
        all += size;
    }
    // 128 * 127 is the largest word of two bytes. No sum may reach 2^31, and rounding adds up to a half to each factor.
    unit_ = std::max(largest / 16000, all / (2147483648.0f / 256 - 65.0f * static_cast<float>(d)));
    float scale = unit_ > 0 ? 1 / unit_ : 0;
    if (!std::isfinite(scale)) scale = unit_ = 0;  // all too small to matter
    total_ = 0;
    for (size_t i = 0; i < d; i++) {
        int word = static_cast<int>(std::lrint(factors[i] * scale)), high = (word + 64) >> 7;
        words_[i] = static_cast<int16_t>(word);
        high_[i] = static_cast<int8_t>(high);
        low_[i] = static_cast<int8_t>(word - 128 * high);
        total_ += word;
    }
}

void Factors::products(const uint8_t* codes, size_t some, size_t ahead, size_t stride, int32_t* sums) const {
    read_ahead(codes + some * stride, std::min(ahead, Block) * stride);
#if defined(__AVX512F__)
    if (has_vnni) {
        products_vnni(codes, some, stride, high_.data(), low_.data(), d_, sums);
        return;
    }
#endif
    size_t r = 0;
    for (; r + 4 <= some; r += 4) products_words<4>(codes + r * stride, stride, words_.data(), d_, sums + r);
    for (; r < some; r++) products_words<1>(codes + r * stride, stride, words_.data(), d_, sums + r);
}

}  // namespace faissnet
