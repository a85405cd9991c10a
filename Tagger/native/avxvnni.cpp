// AVX-VNNI: 32 products at a time, for processors without AVX-512.
#include "lanes256.h"
#include "variants.h"

namespace {

struct Lanes : Lanes256 {
    template <int V>
    static constexpr int Pixels = V == 2 ? 6 : 8;
    using Weights = __m256i;

    INLINE Weights LoadWeights(const int8_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }
    INLINE __m256i Spread(const uint8_t* from) { return LoadFour(from); }
    INLINE void Add(Sum& sum, __m256i four, Weights weights) { sum = _mm256_dpbusd_avx_epi32(sum, four, weights); }
};

}  // namespace

void stickers_convolve_avxvnni(const stickers_shape& shape, const stickers_layer& layer) { Convolve<Lanes, 2>(shape, layer); }
