// What the AVX2 variant multiplies.
#include <algorithm>

#include "winograd.h"

namespace {

constexpr int Block = 64, Vector = 16, Group = 4, Pair = 2;

// Of three weights in a line, 24 or 6 times what stands in winograd.h.
void Transform(int stride, const int (&g)[3], int (&u)[WeightValues]) {
    if (stride == 1) {
        u[0] = 6 * g[0];
        u[1] = -4 * (g[0] + g[1] + g[2]);
        u[2] = -4 * (g[0] - g[1] + g[2]);
        u[3] = g[0] + 2 * g[1] + 4 * g[2];
        u[4] = g[0] - 2 * g[1] + 4 * g[2];
        u[5] = 6 * g[2];  // a quarter of the others' scale, for 16 bits
    } else {
        u[0] = 3 * g[0];
        u[1] = -3 * (g[0] + g[2]);
        u[2] = -(g[0] - g[2]);
        u[3] = g[0] + 2 * g[2];
        u[4] = 6 * g[2];
        u[5] = 6 * g[1];
    }
}

// Of packed weights in windows of so many values, that of one place in the window.
int Packed(const stickers_shape& shape, int64_t window, const int8_t* weights, int out, int64_t place) {
    const int block = out / Block * Block, width = std::min(shape.out_channels - block, Block);
    return weights[int64_t(block) * window + (place / Group * width + out - block) * Group + place % Group];
}

}  // namespace

void stickers_words(const stickers_shape* shape, const int8_t* weights, int16_t* words) {
    const int64_t window = int64_t(shape->kernel) * shape->kernel * shape->in_channels;
    for (int o = 0; o < shape->out_channels; o++) {
        for (int64_t i = 0; i < window; i++) words[(o / Vector * (window / Pair) + i / Pair) * Vector * Pair + o % Vector * Pair + i % Pair] = static_cast<int16_t>(Packed(*shape, window, weights, o, i));
    }
}

int64_t stickers_winograd_length(const stickers_shape* shape) {
    return IsWinograd(*shape) ? int64_t(WeightPlaces) * shape->in_channels * shape->out_channels : 0;
}

int32_t stickers_winograd_weights(const stickers_shape* shape, const int8_t* weights, int16_t* transformed) {
    const int in = shape->in_channels, out = shape->out_channels;
    const int64_t most = (int64_t(1) << (31 - ExcessBits(shape->stride))) - 1;
    for (int o = 0; o < out; o++) {
        int64_t above = 0, below = 0;
        for (int c = 0; c < in; c++) {
            int rows[3][WeightValues], all[WeightValues][WeightValues];
            for (int ky = 0; ky < 3; ky++) {
                int g[3];
                for (int kx = 0; kx < 3; kx++) {
                    g[kx] = Packed(*shape, int64_t(9) * in, weights, o, int64_t(ky * 3 + kx) * in + c);
                    (g[kx] > 0 ? above : below) += g[kx];
                }
                Transform(shape->stride, g, rows[ky]);
            }
            for (int x = 0; x < WeightValues; x++) {
                const int column[3] = {rows[0][x], rows[1][x], rows[2][x]};
                int u[WeightValues];
                Transform(shape->stride, column, u);
                for (int y = 0; y < WeightValues; y++) all[y][x] = u[y];
            }
            for (int place = 0; place < WeightPlaces; place++)
                transformed[((int64_t(o / Vector) * WeightPlaces + place) * (in / Pair) + c / Pair) * Vector * Pair + o % Vector * Pair + c % Pair] =
                    static_cast<int16_t>(all[place / WeightValues][place % WeightValues]);
        }
        if (255 * std::max(above, -below) > most) return 1;
    }
    return 0;
}
