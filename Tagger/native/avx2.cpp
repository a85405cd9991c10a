// AVX2. Its product of unsigned with signed bytes (vpmaddubsw) saturates, so bytes are widened first: the odd ones of each four, and the even ones.
#include "lanes256.h"
#include "variants.h"

namespace {

struct Lanes : Lanes256 {
    template <int V>
    static constexpr int Pixels = V == 2 ? 3 : 6;
    struct Pair {
        __m256i even, odd;
    };
    using Weights = Pair;

    INLINE Weights LoadWeights(const int8_t* from) {
        const auto bytes = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from));
        return {_mm256_srai_epi16(_mm256_slli_epi16(bytes, 8), 8), _mm256_srai_epi16(bytes, 8)};
    }
    INLINE Pair Spread(const uint8_t* from) {
        const auto bytes = LoadFour(from);
        return {_mm256_and_si256(bytes, _mm256_set1_epi16(255)), _mm256_srli_epi16(bytes, 8)};
    }
    INLINE void Add(Sum& sum, const Pair& four, const Pair& weights) {
        sum = _mm256_add_epi32(sum, _mm256_add_epi32(_mm256_madd_epi16(four.even, weights.even), _mm256_madd_epi16(four.odd, weights.odd)));
    }
};

}  // namespace

void stickers_convolve_avx2(const stickers_shape& shape, const stickers_layer& layer) { Convolve<Lanes, 2>(shape, layer); }
