// Winograd's algorithm in the 16 bits of AVX2.
#include <algorithm>
#include <cstdlib>

#include "lanes16.h"
#include "variants.h"
#include "winograd.h"

namespace {

// Transformed pixels at hand: so many bytes leave room for weights in a second cache of 512 KB.
constexpr int64_t MostTransformed = 192 << 10;

// Tiles whose sums are made at once.
constexpr int Tiles = 6;

// Where a tile's pixels begin in the input, and its outputs among outputs and sums.
struct Tile {
    int64_t in, out, plain;
};

// d -> B'd, for four vectors that lie apart.
INLINE void Four(__m256i a, __m256i b, __m256i c, __m256i d, __m256i (&to)[4]) {
    to[0] = _mm256_sub_epi16(a, c);
    to[1] = _mm256_add_epi16(b, c);
    to[2] = _mm256_sub_epi16(c, b);
    to[3] = _mm256_sub_epi16(b, d);
}

INLINE __m256i LoadWords(const int16_t* from) { return _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from)); }

// The input of a tile, transformed: of each place, its channels. place: from one place to the next.
void TransformInput(const uint8_t* in, int64_t row, int channels, int16_t* to, int64_t place) {
    for (int c = 0; c < channels; c += 16) {
        __m256i rows[4][4];
        for (int y = 0; y < 4; y++) {
            __m256i d[4];
            for (int x = 0; x < 4; x++) d[x] = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + y * row + x * channels + c)));
            Four(d[0], d[1], d[2], d[3], rows[y]);
        }
        for (int x = 0; x < 4; x++) {
            __m256i v[4];
            Four(rows[0][x], rows[1][x], rows[2][x], rows[3][x], v);
            for (int y = 0; y < 4; y++) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + (y * 4 + x) * place + c), v[y]);
        }
    }
}

// Products of some tiles' channels at one place with the weights of eight output channels, summed.
INLINE void Multiply(const int16_t* tiles, int channels, const int16_t* weights, Lanes16::Sum (&sums)[Tiles]) {
    for (auto& sum : sums) sum = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    for (int c = 0; c < channels; c += 4, weights += 32) {
        const Lanes16::Weights both = {LoadWords(weights), LoadWords(weights + 16)};
#pragma GCC unroll 8
        for (int t = 0; t < Tiles; t++) Lanes16::Add(sums[t], Lanes16::Spread(tiles + int64_t(t) * channels + c), both);
    }
}

// A'm: two of four.
INLINE void Two(__m256i a, __m256i b, __m256i c, __m256i d, __m256i& first, __m256i& second) {
    first = _mm256_add_epi32(_mm256_add_epi32(a, b), c);
    second = _mm256_sub_epi32(_mm256_sub_epi32(b, c), d);
}

// A tile's 2 x 2 sums of eight output channels.
INLINE void TransformOutput(const int32_t* from, int64_t place, __m256i (&sums)[4]) {
    __m256i rows[2][4];
    for (int x = 0; x < 4; x++) {
        __m256i m[4];
        for (int y = 0; y < 4; y++) m[y] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(from + (y * 4 + x) * place));
        Two(m[0], m[1], m[2], m[3], rows[0][x], rows[1][x]);
    }
    for (int y = 0; y < 2; y++) Two(rows[y][0], rows[y][1], rows[y][2], rows[y][3], sums[y * 2], sums[y * 2 + 1]);
    // Four times the sums: nothing is lost.
    for (auto& sum : sums) sum = _mm256_srai_epi32(sum, 2);
}

template <Ending E>
bool Winograd(const stickers_shape& shape, const stickers_layer& layer) {
    const int channels = shape.in_channels, side = shape.out_side, half = side / 2;
    const int64_t row = int64_t(side + 2) * channels, out_row = int64_t(side + 2) * shape.out_channels, plain_row = int64_t(side) * shape.out_channels;
    const int64_t all = int64_t(shape.pictures) * half * half;
    const int most = static_cast<int>(std::min(std::max<int64_t>(MostTransformed / (WinogradPlaces * 2 * channels) / Tiles, 1) * Tiles, (all + Tiles - 1) / Tiles * Tiles));
    const int64_t place = int64_t(most) * channels;
    auto* transformed = static_cast<int16_t*>(std::calloc(WinogradPlaces * place, sizeof(int16_t)));
    auto* products = static_cast<int32_t*>(std::malloc(WinogradPlaces * most * 8 * sizeof(int32_t)));
    auto* tiles = static_cast<Tile*>(std::malloc(most * sizeof(Tile)));
    const bool enough = transformed && products && tiles;
    for (int64_t begin = 0; enough && begin < all; begin += most) {
        const int count = static_cast<int>(std::min<int64_t>(most, all - begin));
        for (int t = 0; t < count; t++) {
            const int64_t picture = (begin + t) / (half * half), y = (begin + t) / half % half * 2, x = (begin + t) % half * 2;
            const int64_t pixel = (picture * (side + 2) + y) * (side + 2) + x;
            tiles[t] = {pixel * channels, (pixel + side + 3) * shape.out_channels, ((picture * side + y) * side + x) * shape.out_channels};
            TransformInput(layer.input + tiles[t].in, row, channels, transformed + int64_t(t) * channels, place);
        }
        const int16_t* weights = layer.winograd;
        for (int c = 0; c < shape.out_channels; c += 8) {
            for (int p = 0; p < WinogradPlaces; p++, weights += channels * 8) {
                for (int t = 0; t < count; t += Tiles) {
                    Lanes16::Sum sums[Tiles];
                    Multiply(transformed + p * place + int64_t(t) * channels, channels, weights, sums);
                    for (int i = 0; i < Tiles; i++) _mm256_storeu_si256(reinterpret_cast<__m256i*>(products + (int64_t(p) * most + t + i) * 8), Lanes16::Whole(sums[i]));
                }
            }
            const auto start = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(layer.start + c));
            const auto scale = Lanes16::LoadFloats(layer.scale + c), offset = Lanes16::LoadFloats(layer.offset + c);
            for (int t = 0; t < count; t++) {
                __m256i sums[4];
                TransformOutput(products + int64_t(t) * 8, int64_t(most) * 8, sums);
                for (int i = 0; i < 4; i++) {
                    const int64_t out = tiles[t].out + i / 2 * out_row + i % 2 * shape.out_channels + c, plain = tiles[t].plain + i / 2 * plain_row + i % 2 * shape.out_channels + c;
                    Finish<Lanes16, E>(layer, Lanes16::Plus(Lanes16::Times(_mm256_cvtepi32_ps(_mm256_add_epi32(sums[i], start)), scale), offset), out, plain);
                }
            }
        }
    }
    std::free(transformed);
    std::free(products);
    std::free(tiles);
    return enough;
}

}  // namespace

bool stickers_winograd_avx2(const stickers_shape& shape, const stickers_layer& layer) {
    if (layer.sums) return Winograd<Ending::Sums>(shape, layer);
    if (layer.shortcut) return Winograd<Ending::Shortcut>(shape, layer);
    if (layer.addend) return Winograd<Ending::Addend>(shape, layer);
    return Winograd<Ending::Bytes>(shape, layer);
}
