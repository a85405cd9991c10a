// Winograd's algorithm in the 16 bits of AVX2.
#include <algorithm>
#include <cstdlib>

#include "multiply16.h"
#include "variants.h"
#include "winograd.h"

namespace {

// Where a tile's pixels begin in the input, and its outputs among outputs and sums.
struct Tile {
    int64_t in, out, plain;
};

INLINE __m256i Sum16(__m256i a, __m256i b) { return _mm256_add_epi16(a, b); }
INLINE __m256i Difference16(__m256i a, __m256i b) { return _mm256_sub_epi16(a, b); }
INLINE __m256i Twice16(__m256i a) { return _mm256_add_epi16(a, a); }
INLINE __m256i Sum32(__m256i a, __m256i b) { return _mm256_add_epi32(a, b); }
INLINE __m256i Difference32(__m256i a, __m256i b) { return _mm256_sub_epi32(a, b); }
INLINE __m256i Twice32(__m256i a) { return _mm256_add_epi32(a, a); }

// Along a line: a tile's pixels, and the values that they are transformed to. Of each weight there is one, of the last as many as are left: of stride 2 the odd pixels as they are.
struct Stride1 {
    static constexpr int Stride = 1, Pixels = 6, Values = 6;

    INLINE void Input(const __m256i (&d)[Pixels], __m256i (&v)[Values]) {
        const auto a = Difference16(d[4], _mm256_slli_epi16(d[2], 2)), b = Difference16(d[3], _mm256_slli_epi16(d[1], 2));
        const auto c = Difference16(d[4], d[2]), e = Twice16(Difference16(d[3], d[1]));
        v[0] = Difference16(Sum16(_mm256_slli_epi16(d[0], 2), a), d[2]);
        v[1] = Sum16(a, b);
        v[2] = Difference16(a, b);
        v[3] = Sum16(c, e);
        v[4] = Difference16(c, e);
        v[5] = Difference16(Difference16(d[5], d[3]), Twice16(e));
    }

    INLINE void Output(const __m256i (&m)[Values], __m256i (&y)[TileSide]) {
        const auto a = Sum32(m[1], m[2]), b = Difference32(m[1], m[2]), c = Sum32(m[3], m[4]), d = Twice32(Difference32(m[3], m[4]));
        y[0] = Sum32(Sum32(m[0], a), c);
        y[1] = Sum32(b, d);
        y[2] = Sum32(a, _mm256_slli_epi32(c, 2));
        y[3] = Sum32(b, _mm256_slli_epi32(Sum32(d, m[5]), 2));
    }
};

struct Stride2 {
    static constexpr int Stride = 2, Pixels = 9, Values = 9;

    INLINE void Input(const __m256i (&d)[Pixels], __m256i (&v)[Values]) {
        const auto a = Difference16(d[6], d[2]), b = Difference16(d[6], d[4]);
        v[0] = Sum16(Twice16(Difference16(d[0], d[4])), a);
        v[1] = Difference16(b, Twice16(d[2]));
        v[2] = Sum16(b, Twice16(Difference16(d[2], d[4])));
        v[3] = a;
        v[4] = Difference16(Difference16(d[8], d[4]), Twice16(a));
        for (int i = 0; i < TileSide; i++) v[5 + i] = d[1 + 2 * i];
    }

    INLINE void Output(const __m256i (&m)[Values], __m256i (&y)[TileSide]) {
        const auto a = Sum32(m[1], m[2]), b = Difference32(m[1], m[2]), c = _mm256_slli_epi32(m[3], 2);
        y[0] = Sum32(Sum32(m[0], a), Sum32(m[3], m[5]));
        y[1] = Sum32(Sum32(b, Twice32(m[3])), m[6]);
        y[2] = Sum32(Sum32(a, c), m[7]);
        y[3] = Sum32(Sum32(b, Twice32(c)), Sum32(m[4], m[8]));
    }
};

// How values lie in memory: those of one weight together, of a tile one after the other. So many places precede those of a value, and so many has a tile.
template <class Line>
struct Layout {
    static constexpr int Values = Line::Values * Line::Values;
    static constexpr int Copies(int weight) { return weight == WeightValues - 1 ? Line::Values - WeightValues + 1 : 1; }
    static constexpr int Weight(int value) { return value < WeightValues ? value : WeightValues - 1; }
    static constexpr int PlaceCopies(int place) { return Copies(place / WeightValues) * Copies(place % WeightValues); }
    // Rows before it are whole, and in its own row so many of each weight before it.
    static constexpr int Before(int place) {
        const int y = place / WeightValues, x = place % WeightValues;
        return y * Line::Values + x * Copies(y);
    }
    static constexpr int Place(int y, int x) { return Weight(y) * WeightValues + Weight(x); }
    static constexpr int Within(int y, int x) { return (y - Weight(y)) * Copies(Weight(x)) + x - Weight(x); }
    // Of a tile's value, where there are so many tiles.
    static int64_t At(int64_t tiles, int64_t tile, int y, int x) { return Before(Place(y, x)) * tiles + tile * PlaceCopies(Place(y, x)) + Within(y, x); }
};

// The input of a tile, transformed: of each value, its channels.
template <class Line>
void TransformInput(const uint8_t* in, int64_t row, int channels, int16_t* to, int64_t tiles, int64_t tile) {
    for (int c = 0; c < channels; c += 16) {
        __m256i rows[Line::Pixels][Line::Values];
        for (int y = 0; y < Line::Pixels; y++) {
            __m256i d[Line::Pixels];
#pragma GCC unroll 9
            for (int x = 0; x < Line::Pixels; x++) d[x] = _mm256_cvtepu8_epi16(_mm_loadu_si128(reinterpret_cast<const __m128i*>(in + y * row + x * channels + c)));
            Line::Input(d, rows[y]);
        }
        for (int x = 0; x < Line::Values; x++) {
            __m256i d[Line::Pixels], v[Line::Values];
#pragma GCC unroll 9
            for (int y = 0; y < Line::Pixels; y++) d[y] = rows[y][x];
            Line::Input(d, v);
#pragma GCC unroll 9
            for (int y = 0; y < Line::Values; y++) _mm256_storeu_si256(reinterpret_cast<__m256i*>(to + Layout<Line>::At(tiles, tile, y, x) * channels + c), v[y]);
        }
    }
}

// A tile's sums of eight of the sixteen output channels, row by row, 2^ExcessBits times as large: every second of sums. start: as large as products are.
template <class Line>
INLINE void TransformOutput(const int32_t* products, int64_t tiles, int64_t tile, __m256i start, __m256i* sums) {
    __m256i rows[TileSide][Line::Values];
#pragma GCC unroll 9
    for (int x = 0; x < Line::Values; x++) {
        __m256i m[Line::Values], y[TileSide];
#pragma GCC unroll 9
        for (int v = 0; v < Line::Values; v++) m[v] = _mm256_loadu_si256(reinterpret_cast<const __m256i*>(products + Layout<Line>::At(tiles, tile, v, x) * Wide));
        // The value of point 1 is in all outputs once.
        if (x == 1) m[1] = Sum32(m[1], start);
        Line::Output(m, y);
#pragma GCC unroll 4
        for (int i = 0; i < TileSide; i++) rows[i][x] = y[i];
    }
#pragma GCC unroll 4
    for (int y = 0; y < TileSide; y++) {
        __m256i line[TileSide];
        Line::Output(rows[y], line);
#pragma GCC unroll 4
        for (int x = 0; x < TileSide; x++) sums[2 * (y * TileSide + x)] = _mm256_mullo_epi32(line[x], _mm256_set1_epi32(static_cast<int>(InverseOfNine)));
    }
}

// Not inlined, as it is large and called from many places.
__attribute__((noinline)) void MultiplyInto(const int16_t* values, int count, int channels, const int16_t* weights, int32_t* sums) {
    const __m256i none[] = {_mm256_setzero_si256(), _mm256_setzero_si256()};
    Multiply(values, count, channels, weights, none, [&](int64_t i, __m256i low, __m256i high) __attribute__((always_inline)) {
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + i * Wide), low);
        _mm256_storeu_si256(reinterpret_cast<__m256i*>(sums + i * Wide + 8), high);
    });
}

template <class Line, Ending E>
bool Winograd(const stickers_shape& shape, const stickers_layer& layer) {
    const int channels = shape.in_channels, side = shape.out_side, across = side / TileSide;
    const int64_t row = int64_t(shape.in_side + 2) * channels, out_row = int64_t(side + 2) * shape.out_channels, plain_row = int64_t(side) * shape.out_channels;
    const int64_t all = int64_t(shape.pictures) * across * across;
    const int64_t most = Chunk(all, Layout<Line>::Values * (2 * channels + 4 * Wide));
    auto* transformed = static_cast<int16_t*>(std::malloc(int64_t(Layout<Line>::Values) * most * channels * sizeof(int16_t)));
    auto* products = static_cast<int32_t*>(std::malloc(int64_t(Layout<Line>::Values) * most * Wide * sizeof(int32_t)));
    auto* tiles = static_cast<Tile*>(std::malloc(most * sizeof(Tile)));
    const bool enough = transformed && products && tiles;
    for (int64_t begin = 0; enough && begin < all; begin += most) {
        const int count = static_cast<int>(std::min<int64_t>(most, all - begin));
        for (int t = 0; t < count; t++) {
            const int64_t picture = (begin + t) / (across * across), y = (begin + t) / across % across * TileSide, x = (begin + t) % across * TileSide;
            const int64_t in = (picture * (shape.in_side + 2) + y * shape.stride) * (shape.in_side + 2) + x * shape.stride;
            tiles[t] = {in * channels, ((picture * (side + 2) + y + 1) * (side + 2) + x + 1) * shape.out_channels, ((picture * side + y) * side + x) * shape.out_channels};
            TransformInput<Line>(layer.input + tiles[t].in, row, channels, transformed, count, t);
        }
        const int16_t* weights = layer.winograd;
        for (int block = 0; block < shape.out_channels; block += Wide) {
            for (int p = 0; p < WeightPlaces; p++, weights += channels * Wide) {
                const int64_t before = int64_t(Layout<Line>::Before(p)) * count;
                MultiplyInto(transformed + before * channels, count * Layout<Line>::PlaceCopies(p), channels, weights, products + before * Wide);
            }
            // A float of sums so much larger has the same digits.
            constexpr int Times = 1 << ExcessBits(Line::Stride);
            const auto scaled = Scaling::Of(layer, block, 1.0f / Times);
            const auto times = _mm256_set1_epi32(9 * Times);
            const auto low = _mm256_mullo_epi32(Lanes256::LoadSums(layer.start + block), times), high = _mm256_mullo_epi32(Lanes256::LoadSums(layer.start + block + 8), times);
            for (int t = 0; t < count; t++) {
                __m256i sums[TileSide * TileSide][2];
                TransformOutput<Line>(products, count, t, low, &sums[0][0]);
                TransformOutput<Line>(products + 8, count, t, high, &sums[0][1]);
                for (int y = 0; y < TileSide; y++) {
                    const int64_t out = tiles[t].out + y * out_row + block, plain = tiles[t].plain + y * plain_row + block;
#pragma GCC unroll 4
                    for (int x = 0; x < TileSide; x++) {
                        const auto& [first, second] = sums[y * TileSide + x];
                        Finish<Sixteen, E>(layer, scaled(first, second), out + x * shape.out_channels, plain + x * shape.out_channels);
                    }
                }
            }
        }
    }
    std::free(transformed);
    std::free(products);
    std::free(tiles);
    return enough;
}

template <class Line>
bool OfEnding(const stickers_shape& shape, const stickers_layer& layer) {
    if (layer.sums) return Winograd<Line, Ending::Sums>(shape, layer);
    if (layer.shortcut) return Winograd<Line, Ending::Shortcut>(shape, layer);
    if (layer.addend) return Winograd<Line, Ending::Addend>(shape, layer);
    return Winograd<Line, Ending::Bytes>(shape, layer);
}

}  // namespace

bool stickers_winograd_avx2(const stickers_shape& shape, const stickers_layer& layer) {
    return shape.stride == 1 ? OfEnding<Stride1>(shape, layer) : OfEnding<Stride2>(shape, layer);
}
