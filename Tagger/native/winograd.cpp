#include "winograd.h"

namespace {

constexpr int Block = 64, Vector = 8, Group = 4;

// Of three weights in a row: 2G times them.
void Four(const int (&g)[3], int (&u)[4]) {
    u[0] = 2 * g[0];
    u[1] = g[0] + g[1] + g[2];
    u[2] = g[0] - g[1] + g[2];
    u[3] = 2 * g[2];
}

}  // namespace

int64_t stickers_winograd_length(const stickers_shape* shape) {
    return IsWinograd(*shape) ? int64_t(WinogradPlaces) * shape->in_channels * shape->out_channels : 0;
}

void stickers_winograd_weights(const stickers_shape* shape, const int8_t* weights, int16_t* transformed) {
    const int in = shape->in_channels, out = shape->out_channels;
    for (int o = 0; o < out; o++) {
        const int block = o / Block * Block, width = out - block < Block ? out - block : Block;
        for (int c = 0; c < in; c++) {
            int rows[3][4], all[4][4];
            for (int ky = 0; ky < 3; ky++) {
                int g[3];
                for (int kx = 0; kx < 3; kx++) {
                    const int64_t step = (int64_t(ky * 3 + kx) * in + c) / Group;
                    g[kx] = weights[int64_t(block) * 9 * in + (step * width + o - block) * Group + c % Group];
                }
                Four(g, rows[ky]);
            }
            for (int x = 0; x < 4; x++) {
                const int column[3] = {rows[0][x], rows[1][x], rows[2][x]};
                int u[4];
                Four(column, u);
                for (int y = 0; y < 4; y++) all[y][x] = u[y];
            }
            for (int place = 0; place < WinogradPlaces; place++)
                transformed[((int64_t(o / Vector) * WinogradPlaces + place) * (in / Group) + c / Group) * Vector * Group + o % Vector * Group + c % Group] = static_cast<int16_t>(all[place / 4][place % 4]);
        }
    }
}
