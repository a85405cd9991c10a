// Distances of two vectors in place of Faiss' own: build.sh has the linker send calls of the functions named in each comment here (--wrap).
// Faiss 1.7.3 adds one number after the other where it is compiled for every x86-64 processor, as Debian's archive is: a fourth of what
// this gives, and up to a fifth more or less by the chance of where the linker puts the loop. Compiled for AVX2 it has a single sum.
#include "distances.h"

extern "C" {

// faiss::fvec_L2sqr(const float* x, const float* y, size_t d)
float __wrap__ZN5faiss10fvec_L2sqrEPKfS1_m(const float* x, const float* y, size_t d) { return faissnet::squared_distance(x, y, d); }

// faiss::fvec_inner_product(const float* x, const float* y, size_t d)
float __wrap__ZN5faiss18fvec_inner_productEPKfS1_m(const float* x, const float* y, size_t d) { return faissnet::inner_product(x, y, d); }

// faiss::fvec_norm_L2sqr(const float* x, size_t d)
float __wrap__ZN5faiss15fvec_norm_L2sqrEPKfm(const float* x, size_t d) { return faissnet::inner_product(x, x, d); }

}
