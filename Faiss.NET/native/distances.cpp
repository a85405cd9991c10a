// Distances of two vectors in place of Faiss' own: build.sh has the linker send calls of the functions named in each comment here (--wrap).
// Faiss 1.7.3 adds one number after the other where it is compiled for every x86-64 processor, as Debian's archive is: a fourth of what
// this gives, and up to a fifth more or less by the chance of where the linker puts the loop. Compiled for AVX2 it has a single sum.
#include "wide.h"

using namespace faissnet;

namespace {

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

}  // namespace

extern "C" {

// faiss::fvec_L2sqr(const float* x, const float* y, size_t d)
float __wrap__ZN5faiss10fvec_L2sqrEPKfS1_m(const float* x, const float* y, size_t d) {
    return add_up(x, y, d, [](Wide so_far, Wide a, Wide b) {
        Wide difference = minus(a, b);
        return plus_product(so_far, difference, difference);
    });
}

// faiss::fvec_inner_product(const float* x, const float* y, size_t d)
float __wrap__ZN5faiss18fvec_inner_productEPKfS1_m(const float* x, const float* y, size_t d) { return add_up(x, y, d, plus_product); }

// faiss::fvec_norm_L2sqr(const float* x, size_t d)
float __wrap__ZN5faiss15fvec_norm_L2sqrEPKfm(const float* x, size_t d) { return add_up(x, x, d, plus_product); }

}
