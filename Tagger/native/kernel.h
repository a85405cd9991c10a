// The convolution, for vectors of any kind: included by one file for each, compiled for the processors that have them. Lanes says what a vector does; nothing here may be a symbol that
// two of those files share, for the linker would keep one of them for all processors.
#pragma once

#include "convolution.h"

#define INLINE static inline __attribute__((always_inline))

namespace {

// Channels of a block of weights.
constexpr int Block = 64;

// Adds the products of one group of four bytes of each of P pixels with V vectors of output channels.
template <class Lanes, int P, int V>
INLINE void Step(const uint8_t* const (&pixel)[P], int64_t at, const int8_t* weights, typename Lanes::Sum (&sums)[P][V]) {
    typename Lanes::Weights w[V];
#pragma GCC unroll 8
    for (int v = 0; v < V; v++) w[v] = Lanes::LoadWeights(weights + v * Lanes::Width * 4);
#pragma GCC unroll 16
    for (int p = 0; p < P; p++) {
        const auto four = Lanes::Spread(pixel[p] + at);
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) Lanes::Add(sums[p][v], four, w[v]);
    }
}

// Sums of P pixels with V vectors of output channels. in: the pixels' windows. steps: groups of four bytes in a row of the kernel.
template <class Lanes, int P, int V>
INLINE void Accumulate(const uint8_t* const* in, const int8_t* weights, int kernel, int64_t row, int64_t steps, int64_t step_bytes, typename Lanes::Sum (&sums)[P][V]) {
    const uint8_t* pixel[P];
    for (int p = 0; p < P; p++) pixel[p] = in[p];
    if (kernel == 3 && steps == 3) {
        // A picture's four channels.
#pragma GCC unroll 3
        for (int ky = 0; ky < 3; ky++) {
#pragma GCC unroll 3
            for (int i = 0; i < 3; i++) Step<Lanes, P, V>(pixel, ky * row + i * 4, weights + (ky * 3 + i) * step_bytes, sums);
        }
        return;
    }
    for (int ky = 0; ky < kernel; ky++) {
        int64_t s = 0;
        // Four at a time: so few rounds that processors foresee the last one.
        for (; s <= steps - 4; s += 4) {
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) Step<Lanes, P, V>(pixel, (s + i) * 4, weights + i * step_bytes, sums);
            weights += 4 * step_bytes;
        }
        for (; s < steps; s++, weights += step_bytes) Step<Lanes, P, V>(pixel, s * 4, weights, sums);
#pragma GCC unroll 16
        for (int p = 0; p < P; p++) pixel[p] += row;
    }
}

// Goes from output pixel to output pixel, row by row, picture by picture.
struct Walk {
    const stickers_shape& shape;
    const uint8_t* in;   // where the window of this pixel begins
    int64_t out = 0;     // its place among the outputs, which have a border
    int64_t plain = 0;   // and among sums, which have none
    int64_t left;        // pixels, this one included
    int32_t x = 0, y = 0;

    Walk(const stickers_shape& of, const uint8_t* input)
        : shape(of), in(input + Edge() * (InRow() + of.in_channels)), out(OutRow() + of.out_channels), left(int64_t(of.pictures) * of.out_side * of.out_side) {}

    int64_t InRow() const { return int64_t(shape.in_side + 2) * shape.in_channels; }
    int64_t OutRow() const { return int64_t(shape.out_side + 2) * shape.out_channels; }
    int64_t Edge() const { return 1 - (shape.kernel - 1) / 2; }

    int64_t Step() const { return int64_t(shape.stride) * shape.in_channels; }

    // Past pixels of this row.
    void Skip(int pixels) {
        const bool last = left == pixels;
        if (pixels > 1) {
            left -= pixels - 1;
            plain += int64_t(pixels - 1) * shape.out_channels;
            in += (pixels - 1) * Step();
            out += int64_t(pixels - 1) * shape.out_channels;
            x += pixels - 1;
        }
        if (last) left = 0;
        else Next();
    }

    // After the last pixel it stays there.
    void Next() {
        if (left <= 1) {
            left = 0;
            return;
        }
        left--;
        plain += shape.out_channels;
        in += Step();
        out += shape.out_channels;
        if (++x < shape.out_side) return;
        x = 0;
        out += 2 * shape.out_channels;
        in += shape.stride * (InRow() - int64_t(shape.out_side) * shape.in_channels);
        if (++y < shape.out_side) return;
        y = 0;
        out += 2 * OutRow();
        in += (shape.in_side + 2 - int64_t(shape.stride) * shape.out_side) * InRow();
    }
};

// What follows a sum.
enum class Ending { Bytes, Shortcut, Addend, Sums };

// From scaled sums to the layer's output. out, plain: their place among the outputs, and where there are no borders.
template <class Lanes, Ending E, class Floats>
INLINE void Finish(const stickers_layer& layer, Floats t, int64_t out, int64_t plain) {
    if (E == Ending::Shortcut) t = Lanes::Plus(t, Lanes::Times(Lanes::LoadBytes(layer.shortcut + out), Lanes::All(layer.shortcut_scale)));
    if (E == Ending::Addend) t = Lanes::Plus(t, Lanes::LoadFloats(layer.addend + plain));
    if (E == Ending::Sums) Lanes::StoreFloats(layer.sums + plain, t);
    else Lanes::StoreBytes(layer.output + out, t);
}

template <class Lanes, int P, int V, Ending E>
INLINE void Columns(const stickers_shape& shape, const stickers_layer& layer, int channel, const int8_t* weights, int64_t step_bytes) {
    const int64_t steps = int64_t(shape.kernel) * shape.in_channels / 4;
    Walk walk(shape, layer.input);
    while (walk.left > 0) {
        const uint8_t* in[P];
        int64_t out[P], plain[P];
        if (walk.x + P <= shape.out_side) {
            // All in one row.
#pragma GCC unroll 16
            for (int p = 0; p < P; p++) {
                in[p] = walk.in + p * walk.Step();
                out[p] = walk.out + int64_t(p) * shape.out_channels;
                plain[p] = walk.plain + int64_t(p) * shape.out_channels;
            }
            walk.Skip(P);
        } else {
            // Beyond the last, the last once more.
            for (int p = 0; p < P; p++) {
                in[p] = walk.in;
                out[p] = walk.out;
                plain[p] = walk.plain;
                walk.Next();
            }
        }
        typename Lanes::Sum sums[P][V];
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) {
#pragma GCC unroll 16
            for (int p = 0; p < P; p++) sums[p][v] = Lanes::LoadSums(layer.start + channel + v * Lanes::Width);
        }
        Accumulate<Lanes, P, V>(in, weights, shape.kernel, walk.InRow(), steps, step_bytes, sums);
#pragma GCC unroll 8
        for (int v = 0; v < V; v++) {
            const int c = channel + v * Lanes::Width;
            const auto scale = Lanes::LoadFloats(layer.scale + c), offset = Lanes::LoadFloats(layer.offset + c);
#pragma GCC unroll 16
            for (int p = 0; p < P; p++) {
                Finish<Lanes, E>(layer, Lanes::Plus(Lanes::Times(Lanes::ToFloats(sums[p][v]), scale), offset), out[p] + c, plain[p] + c);
            }
        }
    }
}

// Columns of V vectors, then what is left with fewer.
template <class Lanes, int V, Ending E>
INLINE void AllColumns(const stickers_shape& shape, const stickers_layer& layer) {
    const int64_t taps = int64_t(shape.kernel) * shape.kernel * shape.in_channels;
    for (int block = 0; block < shape.out_channels; block += Block) {
        const int width = shape.out_channels - block < Block ? shape.out_channels - block : Block;
        for (int c = 0; c < width;) {
            const int8_t* weights = layer.weights + block * taps + c * 4;
            const int left = (width - c) / Lanes::Width;
            if (left >= V) {
                Columns<Lanes, Lanes::template Pixels<V>, V, E>(shape, layer, block + c, weights, width * 4);
                c += V * Lanes::Width;
            } else if (V > 2 && left >= 2) {
                Columns<Lanes, Lanes::template Pixels<2>, 2, E>(shape, layer, block + c, weights, width * 4);
                c += 2 * Lanes::Width;
            } else {
                Columns<Lanes, Lanes::template Pixels<1>, 1, E>(shape, layer, block + c, weights, width * 4);
                c += Lanes::Width;
            }
        }
    }
}

template <class Lanes, int V>
INLINE void Convolve(const stickers_shape& shape, const stickers_layer& layer) {
    if (layer.sums) AllColumns<Lanes, V, Ending::Sums>(shape, layer);
    else if (layer.shortcut) AllColumns<Lanes, V, Ending::Shortcut>(shape, layer);
    else if (layer.addend) AllColumns<Lanes, V, Ending::Addend>(shape, layer);
    else AllColumns<Lanes, V, Ending::Bytes>(shape, layer);
}

}  // namespace
