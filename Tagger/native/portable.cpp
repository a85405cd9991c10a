// Any processor; the compiler makes of it what it can.
#include <cmath>

#include "kernel.h"
#include "variants.h"

namespace {

struct Lanes {
    static constexpr int Width = 16;
    template <int V>
    static constexpr int Pixels = 1;
    template <class T>
    struct Of {
        T at[Width];
    };
    using Sum = Of<int32_t>;
    using Floats = Of<float>;
    struct Weights {
        const int8_t* from;
    };

    INLINE Weights LoadWeights(const int8_t* from) { return {from}; }
    INLINE const uint8_t* Spread(const uint8_t* from) { return from; }
    INLINE Sum LoadSums(const int32_t* from) { return Load<Sum>(from); }
    INLINE Floats LoadFloats(const float* from) { return Load<Floats>(from); }
    INLINE Floats LoadBytes(const uint8_t* from) { return Load<Floats>(from); }
    INLINE void Add(Sum& sum, const uint8_t* four, Weights weights) {
        for (int i = 0; i < Width; i++) {
            const int8_t* w = weights.from + i * 4;
            sum.at[i] += four[0] * w[0] + four[1] * w[1] + four[2] * w[2] + four[3] * w[3];
        }
    }
    INLINE Floats ToFloats(const Sum& sum) { return Load<Floats>(sum.at); }
    INLINE Floats All(float value) {
        Floats all;
        for (int i = 0; i < Width; i++) all.at[i] = value;
        return all;
    }
    INLINE Floats Times(Floats a, const Floats& b) {
        for (int i = 0; i < Width; i++) a.at[i] *= b.at[i];
        return a;
    }
    INLINE Floats Plus(Floats a, const Floats& b) {
        for (int i = 0; i < Width; i++) a.at[i] += b.at[i];
        return a;
    }
    INLINE void StoreFloats(float* to, const Floats& values) {
        for (int i = 0; i < Width; i++) to[i] = values.at[i];
    }
    INLINE void StoreBytes(uint8_t* to, const Floats& values) {
        for (int i = 0; i < Width; i++) {
            const float positive = values.at[i] > 0 ? values.at[i] : 0;
            to[i] = static_cast<uint8_t>(std::lrint(positive < 255 ? positive : 255));
        }
    }

private:
    template <class To, class From>
    INLINE To Load(const From* from) {
        To to;
        for (int i = 0; i < Width; i++) to.at[i] = static_cast<decltype(to.at[0] + 0)>(from[i]);
        return to;
    }
};

}  // namespace

void stickers_convolve_portable(const stickers_shape& shape, const stickers_layer& layer) { Convolve<Lanes, 1>(shape, layer); }
