// Sums over the pairs of numbers of two vectors.
#pragma once
#include "wide.h"

namespace faissnet {

// The sum of `add(so far, a, b)` over all pairs, in parts that do not wait for each other.
template <class Add>
inline float add_up(const float* x, const float* y, size_t d, Add add) {
    Wide p0 = zero(), p1 = zero(), p2 = zero(), p3 = zero();
    size_t i = 0;
    for (; i + 4 * Lanes <= d; i += 4 * Lanes) {
        p0 = add(p0, load(x + i), load(y + i));
        p1 = add(p1, load(x + i + Lanes), load(y + i + Lanes));
        p2 = add(p2, load(x + i + 2 * Lanes), load(y + i + 2 * Lanes));
        p3 = add(p3, load(x + i + 3 * Lanes), load(y + i + 3 * Lanes));
    }
    for (; i + Lanes <= d; i += Lanes) p0 = add(p0, load(x + i), load(y + i));
    if (i < d) {
        float a[Lanes] = {}, b[Lanes] = {};
        std::memcpy(a, x + i, (d - i) * sizeof(float));
        std::memcpy(b, y + i, (d - i) * sizeof(float));
        p1 = add(p1, load(a), load(b));
    }
    return sum(plus(plus(p0, p1), plus(p2, p3)));
}

inline float inner_product(const float* x, const float* y, size_t d) { return add_up(x, y, d, plus_product); }

inline float squared_distance(const float* x, const float* y, size_t d) {
    return add_up(x, y, d, [](Wide so_far, Wide a, Wide b) {
        Wide difference = minus(a, b);
        return plus_product(so_far, difference, difference);
    });
}

}  // namespace faissnet
