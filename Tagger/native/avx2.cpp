// AVX2 without VNNI. Outputs' windows are laid side by side in 16 bits, chunk by chunk, and multiplied with the weights as a matrix (im2col).
#include <cstdlib>

#include "multiply16.h"
#include "variants.h"
#include "winograd.h"

namespace {

// Words written beyond the last.
constexpr int Beyond = 12;

INLINE __m128i LoadFour(const uint8_t* from) {
    int32_t four;
    __builtin_memcpy(&four, from, sizeof four);
    return _mm_cvtsi32_si128(four);
}

INLINE __m128i LoadEight(const uint8_t* from) { return _mm_loadl_epi64(reinterpret_cast<const __m128i*>(from)); }

// A multiple of 4 bytes, and no more is read.
INLINE void Widen(const uint8_t* from, int count, int16_t* to) {
    const auto store = [&](__m128i bytes) { _mm256_storeu_si256(reinterpret_cast<__m256i*>(to), _mm256_cvtepu8_epi16(bytes)); };
    for (; count >= 16; count -= 16, from += 16, to += 16) store(_mm_loadu_si128(reinterpret_cast<const __m128i*>(from)));
    if (count == 12) store(_mm_unpacklo_epi64(LoadEight(from), LoadFour(from + 8)));
    else if (count == 8) store(LoadEight(from));
    else if (count == 4) store(LoadFour(from));
}

template <Ending E>
bool Windows(const stickers_shape& shape, const stickers_layer& layer) {
    const int line = shape.kernel * shape.in_channels, window = shape.kernel * line;
    Walk walk(shape, layer.input);
    const int64_t most = Chunk(walk.left, 2 * window);
    auto* values = static_cast<int16_t*>(std::malloc((most * window + Beyond) * sizeof(int16_t)));
    auto* out = static_cast<int64_t*>(std::malloc(most * sizeof(int64_t)));
    const bool enough = values && out;
    while (enough && walk.left > 0) {
        const int64_t plain = walk.plain;
        int count = 0;
        for (; count < most && walk.left > 0; walk.Next()) {
            for (int y = 0; y < shape.kernel; y++) Widen(walk.in + y * walk.InRow(), line, values + int64_t(count) * window + y * line);
            out[count++] = walk.out;
        }
        for (int block = 0; block < shape.out_channels; block += Wide) {
            const auto scaled = Scaling::Of(layer, block);
            const __m256i start[] = {Lanes256::LoadSums(layer.start + block), Lanes256::LoadSums(layer.start + block + 8)};
            Multiply(values, count, window, layer.words + int64_t(block) * window, start, [&](int64_t i, __m256i low, __m256i high) __attribute__((always_inline)) {
                Finish<Sixteen, E>(layer, scaled(low, high), out[i] + block, plain + i * shape.out_channels + block);
            });
        }
    }
    std::free(values);
    std::free(out);
    return enough;
}

}  // namespace

int32_t stickers_convolve_avx2(const stickers_shape& shape, const stickers_layer& layer) {
    if (layer.narrow) return stickers_narrow_avx2(shape, layer) ? 0 : 3;
    if (layer.winograd && IsWinograd(shape)) return stickers_winograd_avx2(shape, layer) ? 0 : 3;
    if (!layer.words) return 2;
    if (layer.sums) return Windows<Ending::Sums>(shape, layer) ? 0 : 3;
    if (layer.shortcut) return Windows<Ending::Shortcut>(shape, layer) ? 0 : 3;
    if (layer.addend) return Windows<Ending::Addend>(shape, layer) ? 0 : 3;
    return Windows<Ending::Bytes>(shape, layer) ? 0 : 3;
}
